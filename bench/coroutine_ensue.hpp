// The same of ensue.
#pragma once

#include "coroutine_peers.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/async/wait.hpp>

#include <memory>

namespace bench::coro {

inline ensue::task<> handle_batch(ensue::runtime& rt, batch& b) {
  for (int i = 0; i < b.count; ++i) {
    co_await ensue::yield(rt);
    sum() += b.events[std::size_t(i)].price;
  }
  b.count = 0;
}

inline row ensue_long_lived(const options& o) {
  auto loop = std::make_shared<ensue::loop_runtime>();
  auto b = std::make_shared<batch>();
  return plain("ensue long-lived coroutine", [=] {
    return ns_per_event(
        o, "ensue long-lived", [&](const tick& e) { b->events[std::size_t(b->count++)] = e; },
        [&] { ensue::block_on(*loop, handle_batch(*loop, *b)); });
  });
}

}  // namespace bench::coro
