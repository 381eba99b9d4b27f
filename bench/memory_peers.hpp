// Heap bytes of many idle timers and subscriptions.
#pragma once

#include "harness/event.hpp"
#include "harness/table.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/signals2.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <malloc.h>
#include <memory>
#include <utility>
#include <vector>

namespace bench::memory {

/// Bytes handed out by malloc right now. 0 under an allocator that does not tell.
inline double heap_bytes() {
  const auto info = mallinfo2();
  return double(info.uordblks) + double(info.hblkhd);
}

/// Builds 100 k, then 1 M of something; bytes each. `build(n)` returns what keeps them alive.
template <class Build>
row bytes_each(const options& o, std::string name, Build build) {
  return {std::move(name),
          [o, build] {
            figures out;
            for (const double count : {1e5, 1e6}) {
              const auto n = std::size_t(o.scaled(count));
              const double before = heap_bytes();
              const auto kept = build(n);
              out.push_back((heap_bytes() - before) / double(n));
            }
            return out;
          },
          {}};
}

struct asio_timer_set {
  boost::asio::io_context io{1};
  std::vector<std::unique_ptr<boost::asio::steady_timer>> timers;
};

inline row asio_timers(const options& o) {
  return bytes_each(o, "asio::steady_timer", [](std::size_t n) {
    auto set = std::make_unique<asio_timer_set>();
    set->timers.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
      auto timer = std::make_unique<boost::asio::steady_timer>(
          set->io, std::chrono::hours(1) + std::chrono::milliseconds(i));
      timer->async_wait([](boost::system::error_code) {});
      set->timers.push_back(std::move(timer));
    }
    return set;
  });
}

inline row bare_functions(const options& o) {
  return bytes_each(o, "bare vector<std::function>", [](std::size_t n) {
    auto sum = std::make_shared<std::int64_t>(0);
    auto list = std::make_unique<std::vector<std::function<void(const tick&)>>>();
    list->reserve(n);
    for (std::size_t i = 0; i < n; ++i)
      list->push_back([p = sum.get()](const tick& e) { *p += e.price; });
    return std::pair(std::move(list), std::move(sum));
  });
}

inline row signal_slots(const options& o) {
  return bytes_each(o, "Boost.Signals2", [](std::size_t n) {
    auto sum = std::make_shared<std::int64_t>(0);
    auto signal = std::make_unique<boost::signals2::signal<void(const tick&)>>();
    for (std::size_t i = 0; i < n; ++i)
      signal->connect([p = sum.get()](const tick& e) { *p += e.price; });
    return std::pair(std::move(signal), std::move(sum));
  });
}

}  // namespace bench::memory
