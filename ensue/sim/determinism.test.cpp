#include <ensue/async/wait.hpp>
#include <ensue/sim/determinism.hpp>
#include <ensue/sim/guard.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

using namespace ensue;

#if defined(__SANITIZE_ADDRESS__)
#define ENSUE_HEAP_NOT_SALTED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ENSUE_HEAP_NOT_SALTED true
#endif
#endif
#if !defined(ENSUE_HEAP_NOT_SALTED)
#define ENSUE_HEAP_NOT_SALTED false
#endif

namespace {

struct component {
  int id;
};

// Starts components in the order of a container, one step each.
template <class Order>
task<> start_all(sim::world& w, Order components) {
  for (const component* c : components) {
    w.note("start", static_cast<std::uint64_t>(c->id));
    co_await yield(w.rt());
  }
}

template <class Container>
void start_in_order_of(sim::world& w) {
  std::vector<std::unique_ptr<component>> owned;
  Container order;
  for (int i = 0; i < 12; ++i) {
    owned.push_back(std::make_unique<component>(component{i}));
    order.insert(order.end(), owned.back().get());
  }
  w.block_on(start_all(w, order));
}

task<> note_clock(sim::world& w) {
  const sim::guard::allow the_planted_bug;
  // house: allow clock, because it is the planted bug
  const auto t = std::chrono::steady_clock::now();
  w.note("now", static_cast<std::uint64_t>(t.time_since_epoch().count()));
  co_return;
}

int runs = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

task<> note_static(sim::world& w) {
  co_await yield(w.rt());
  w.note("run", static_cast<std::uint64_t>(++runs));
}

task<> note_random(sim::world& w, random_stream draw) {
  for (int i = 0; i < 20; ++i) {
    w.note("draw", draw.below(100));
    co_await yield(w.rt());
  }
}

}  // namespace

TEST_CASE("registration order is the same both times") {
  const auto d = sim::check_determinism(1, start_in_order_of<std::vector<component*>>);
  CHECK(d.same);
  CHECK(d.report.empty());
}

TEST_CASE("a pointer-ordered set is noticed, with the first differing step" *
          doctest::skip(ENSUE_HEAP_NOT_SALTED)) {
  const auto d = sim::check_determinism(1, start_in_order_of<std::set<component*>>);
  REQUIRE_FALSE(d.same);
  CHECK(d.report.find("first: ") != std::string::npos);
  CHECK(d.report.find("note: start") != std::string::npos);
}

TEST_CASE("a pointer hash is noticed" * doctest::skip(ENSUE_HEAP_NOT_SALTED)) {
  CHECK_FALSE(sim::check_determinism(1, start_in_order_of<std::unordered_set<component*>>).same);
}

TEST_CASE("a clock read is noticed") {
  const auto d = sim::check_determinism(1, [](sim::world& w) { w.block_on(note_clock(w)); });
  CHECK_FALSE(d.same);
  CHECK(d.report.find("note: now") != std::string::npos);
}

TEST_CASE("state that outlives a world is noticed") {
  CHECK_FALSE(sim::check_determinism(1, [](sim::world& w) { w.block_on(note_static(w)); }).same);
}

TEST_CASE("random numbers from the seed are the same both times") {
  const sim::scenario s = [](sim::world& w) {
    w.spawn("a", note_random(w, w.rt().random("a")));
    w.spawn("b", note_random(w, w.random("b")));
    w.run();
  };
  for (std::uint64_t seed = 1; seed < 50; ++seed) CHECK(sim::check_determinism(seed, s).same);
}

TEST_CASE("a scenario that fails the same way twice is deterministic") {
  CHECK(sim::check_determinism(1, [](sim::world& w) { w.require(false, "always"); }).same);
}
