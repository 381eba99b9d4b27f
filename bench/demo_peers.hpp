// The trading demo's parts, and the demo as one writes it on Asio alone.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"
#include "harness/table.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>

#include <cstdint>
#include <functional>
#include <vector>

namespace bench::demo {

namespace asio = boost::asio;

inline constexpr std::int64_t first_price = 45'000;
inline constexpr std::int64_t price_limit = 1'000'000'000'000;

struct desk {
  std::int64_t total = 0;
  std::int64_t handled = 0;
  bool killed = false;

  void trade(const tick& e) {
    if (killed) return;
    total += e.price;
    ++handled;
  }
  void guard(const tick& e) {
    if (e.price > price_limit) killed = true;
  }
  void check(std::int64_t events) const {
    verify(total, first_price * events + sum_below(events), "demo");
  }
};

using channel = asio::experimental::channel<void(boost::system::error_code, tick)>;
using handlers = std::vector<std::function<asio::awaitable<void>(const tick&)>>;

inline asio::awaitable<void> feed(channel& out, std::int64_t events) {
  for (std::int64_t i = 0; i < events; ++i) {
    const tick e(first_price + i);
    const boost::system::error_code ok;
    if (!out.try_send(ok, e)) co_await out.async_send(ok, e, asio::use_awaitable);
  }
}

inline asio::awaitable<void> dispatch(channel& in, handlers& to, std::int64_t events) {
  for (std::int64_t i = 0; i < events; ++i) {
    const tick e = co_await in.async_receive(asio::use_awaitable);
    for (auto& h : to) co_await h(e);
  }
}

inline asio::awaitable<void> strategy(desk& d, const tick& e) {
  d.trade(e);
  co_return;
}
inline asio::awaitable<void> risk_guard(desk& d, const tick& e) {
  d.guard(e);
  co_return;
}

inline row asio_channel(const options& o) {
  return plain("asio channel + awaitable handlers", [events = o.scaled(200'000)] {
    desk d;
    asio::io_context io{1};
    channel ch{io, 1024};
    handlers to{[&d](const tick& e) { return strategy(d, e); },
                [&d](const tick& e) { return risk_guard(d, e); }};
    const auto begin = thread_cpu_ns();
    asio::co_spawn(io, feed(ch, events), asio::detached);
    asio::co_spawn(io, dispatch(ch, to, events), asio::detached);
    io.run();
    const auto spent = thread_cpu_ns() - begin;
    d.check(events);
    return double(spent) / double(events);
  });
}

}  // namespace bench::demo
