// handlers that throw whatever C++ lets them throw. Only std::exit and std::terminate are
// beyond the edge: they end the process by definition.
#include "attack.hpp"
#include <ensue/async/errors.hpp>
#include <ensue/sim/world.hpp>

#include <boost/asio/error.hpp>

#include <array>
#include <new>
#include <stdexcept>

namespace ensue::attacks {

namespace {

struct grenade {
  int kind = 0;
};
struct shrapnel {
  std::string of = "no std::exception";
};

// Throws on its way out of a scope, beside objects that are destroyed for it.
struct throws_when_it_dies {
  ~throws_when_it_dies() noexcept(false) { throw std::logic_error("from a destructor"); }
  std::string sibling = "a string long enough that it has to live on the heap";
};

constexpr int kinds = 9;

void explode(int kind) {
  switch (kind) {
    case 0: throw 42;
    case 1: throw "a literal";
    case 2: throw shrapnel{};
    case 3: throw std::bad_alloc{};
    case 4: throw system_error{boost::asio::error::operation_aborted};
    case 5: {
      const std::string sibling = "another string that is destroyed beside the one that throws";
      const throws_when_it_dies last;
      return;
    }
    case 6: try { throw std::runtime_error("inner");
      } catch (...) {
        std::throw_with_nested(std::runtime_error("outer"));
      }
    case 7: throw std::exception_ptr{};
    default: throw nullptr;
  }
}

constexpr std::array ways{"plain", "plain with a context", "coroutine", "plain with retry",
                          "coroutine with breaker"};

subscription subscribe(bus& b, std::size_t way) {
  const retry_policy quick{.attempts = 2, .base = std::chrono::milliseconds{1}};
  switch (way) {
    case 0: return b.subscribe<grenade>([](const grenade& g) { explode(g.kind); });
    case 1: return b.subscribe<grenade>([](const grenade& g, context&) { explode(g.kind); });
    case 2:
      return b.subscribe<grenade>([](const grenade& g) -> task<> {
        explode(g.kind);
        co_return;
      });
    case 3:
      return b.subscribe<grenade>([](const grenade& g) { explode(g.kind); }, {.retry = quick});
    default:
      return b.subscribe<grenade>(
          [](const grenade& g, context& c) -> task<> {
            co_await yield(c.rt());
            explode(g.kind);
          },
          {.breaker = {.failures = 1000}, .retry = quick});
  }
}

}  // namespace

void a03_throws(attack& a) {
  std::uint64_t thrown = 0, survived = 0;
  for (std::size_t way = 0; way < ways.size(); ++way) {
    for (int kind = 0; kind < kinds; ++kind) {
      for (const bool emitted : {false, true}) {
        const std::string where = ways[way] + std::string{", kind "} + std::to_string(kind);
        sim::world w;
        std::uint64_t told = 0;
        bus b{w.rt(), {.on_failure = [&told](const failure&) { ++told; }}};
        const subscription held = subscribe(b, way);
        int next = 0;
        const auto other = b.subscribe<grenade>([&next](const grenade&) { ++next; });
        if (emitted) {
          (void)b.emit<grenade>(kind);
        } else {
          a.require(!b.try_post<grenade>(kind), "posted");
        }
        w.run();
        ++thrown;
        a.require(held.counts().dead == 1,
                  where + ": counted as a failure, once: " + held.counts().text());
        a.require(told == 1, where + ": told of");
        a.require(next == 1, where + ": the next handler has its turn");
        a.require_settled(b, where);
        ++survived;
      }
    }
  }
  a.report("thrown", static_cast<double>(thrown), "");
  a.report("survived", static_cast<double>(survived), "");
}

}  // namespace ensue::attacks
