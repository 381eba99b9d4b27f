// The same of ensue: an inbox per producer, the bus on a loop of its own thread. The consumer
// sleeps when idle; `spin` is how long it looks before it does.
#pragma once

#include "handover.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/inbox.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <unistd.h>
#include <vector>

namespace bench {

/// How the producer makes its event: on its stack, and hands it in; or in the inbox's slot.
enum class made { on_stack, in_slot };

template <int SpinMicroseconds, made Where = made::on_stack>
class ensue_inbox {
 public:
  void start(sink& s) {
    thread_ = std::thread([this, &s] { run(s); });
    while (!ready_.load(std::memory_order_acquire)) relax();
  }
  void push(std::size_t lane, const tick& e) { (*inboxes_)[lane].publish(e); }
  void build(std::size_t lane, std::int64_t i)
    requires(Where == made::in_slot)
  {
    (*inboxes_)[lane].publish(i, std::int64_t(lane));
  }
  void push_burst(std::size_t lane, const tick* e, std::size_t n) {
    (*inboxes_)[lane].burst(n, [e](std::size_t i) -> const tick& { return e[i]; });
  }
  void stop() {
    stopping_.store(true, std::memory_order_release);
    thread_.join();
  }

 private:
  void run(sink& s) {
    ensue::loop_runtime loop{{.spin = std::chrono::microseconds{SpinMicroseconds}}};
    ensue::bus bus{loop};
    const auto handling = bus.subscribe<tick>([&](const tick& e) {
      if (s.on(e)) loop.stop();
    });
    inboxes_ = std::make_unique<std::vector<ensue::inbox<tick>>>();
    for (int lane = 0; lane < 2; ++lane)
      inboxes_->emplace_back(bus, ensue::inbox_options{.capacity = handover_capacity});
    ready_.store(true, std::memory_order_release);
    loop.run();
    // A producer may still be inside its last publish.
    while (!stopping_.load(std::memory_order_acquire)) usleep(100);
    inboxes_.reset();
  }

  std::unique_ptr<std::vector<ensue::inbox<tick>>> inboxes_;
  std::atomic<bool> ready_{false}, stopping_{false};
  std::thread thread_;
};

}  // namespace bench
