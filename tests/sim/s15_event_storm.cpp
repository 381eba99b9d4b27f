// S-15: A causes B causes C causes A, over queues, awaits and emits: the storm guard cuts the
// chain, names it, and what is not part of it is handled all the same.
#include "scenarios.hpp"
#include <ensue/async/wait.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/dispatcher.hpp>

#include <string>

namespace ensue::scenarios {
namespace {

using testing::service;

struct ping {
  static constexpr std::string_view event_name = "ping";
  int hop = 0;
};
struct pong {
  static constexpr std::string_view event_name = "pong";
  int hop = 0;
};
struct pang {
  static constexpr std::string_view event_name = "pang";
  int hop = 0;
};
struct order {
  int id = 0;
};

struct counts {
  std::uint64_t hops = 0, orders = 0;
};

// Passes the event on as its cause allows, in one of the ways a handler may.
template <class Next>
task<> pass_on(int hop, context& c, bus& b, simulation& w, counts& n, std::uint64_t way) {
  ++n.hops;
  const Next next{hop + 1};
  if (way == 0) {
    (void)c.try_post<Next>(hop + 1);
    co_return;
  }
  co_await yield(c.rt());
  if (w.planted("loses_cause")) {
    (void)b.try_post<Next>(hop + 1);  // by the bus after an await: nobody's effect
  } else if (way == 1) {
    (void)c.try_post<Next>(hop + 1);
  } else {
    (void)c.emit(next);
  }
}

template <class E, class Next>
void chain(service& s, simulation& w, counts& n, random_stream& draw) {
  bus& b = s.bus();
  s.on<E>([&](const E& e, context& c) { return pass_on<Next>(e.hop, c, b, w, n, draw.below(3)); },
          {.concurrency = 2});
}

task<> drive(service& s, std::uint64_t storms, std::uint64_t orders) {
  bus& b = s.bus();
  for (std::uint64_t i = 0; i < storms; ++i) co_await b.post<ping>(0);
  for (std::uint64_t i = 0; i < orders; ++i) co_await b.post<order>(static_cast<int>(i));
  co_await b.wait_idle(std::chrono::minutes{1});
}

}  // namespace

void s15_event_storm(simulation& w) {
  const std::uint64_t storms = w.size("storms", 1, 3), orders = w.size("orders", 0, 3);
  random_stream draw = w.random("ways");
  counts n;
  std::string named;
  w.client("bus", [&](service& s) -> task<> {
    chain<ping, pong>(s, w, n, draw);
    chain<pong, pang>(s, w, n, draw);
    chain<pang, ping>(s, w, n, draw);
    s.on<order>([&](const order&) { ++n.orders; });
    co_await drive(s, storms, orders);
    for (const std::string& storm : s.bus().engine().storms()) named = storm;
  });
  w.always("the storm is cut", [&] { return n.hops <= storms * (limits::event_depth_max + 1); });
  w.run();
  w.require(n.orders == orders, "what is no part of the storm is handled");
  w.require(named == "ping -> pong -> pang -> ping" || named == "pong -> pang -> ping -> pong" ||
                named == "pang -> ping -> pong -> pang",
            "the chain is named, not \"" + named + "\"");
}

}  // namespace ensue::scenarios
