#include <ensue/sim/schedule.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <set>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

constexpr time_point t0{1h};

class item : public work {
 public:
  item(int id, std::uint32_t strand) : work{[](work&) {}, strand}, id{id} {}
  const int id;
};

std::vector<int> drain(sim::schedule& s) {
  std::vector<int> ids;
  while (work* w = s.take(t0).what) ids.push_back(static_cast<item*>(w)->id);
  return ids;
}

// The order in which eight items come out: even ids on strand 1, odd ones on the given strand.
std::vector<int> order_of(sim::order order, std::uint64_t seed, std::uint32_t odd_strand) {
  sim::options o;
  o.order = order;
  o.seed = seed;
  sim::schedule s{o};
  std::deque<item> items;
  for (int i = 0; i < 8; ++i) {
    items.emplace_back(i, i % 2 == 0 ? 1u : odd_strand);
    s.push(items.back(), 1);
  }
  return drain(s);
}

}  // namespace

TEST_CASE("fifo order is the order of pushing") {
  CHECK(order_of(sim::order::fifo, 1, 0) == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("strand order keeps strands in order and mixes them") {
  std::set<std::vector<int>> seen;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto ids = order_of(sim::order::strand, seed, 2);
    std::vector<int> even, odd;
    for (const int id : ids) (id % 2 == 0 ? even : odd).push_back(id);
    CHECK(std::is_sorted(even.begin(), even.end()));
    CHECK(std::is_sorted(odd.begin(), odd.end()));
    seen.insert(ids);
  }
  CHECK(seen.size() > 30);
}

TEST_CASE("work without a strand comes in any order") {
  bool disordered = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<int> odd;
    for (const int id : order_of(sim::order::strand, seed, 0))
      if (id % 2 == 1) odd.push_back(id);
    REQUIRE(odd.size() == 4);
    disordered |= !std::is_sorted(odd.begin(), odd.end());
  }
  CHECK(disordered);
}

TEST_CASE("random order does not keep strands") {
  bool disordered = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<int> even;
    for (const int id : order_of(sim::order::random, seed, 2))
      if (id % 2 == 0) even.push_back(id);
    disordered |= !std::is_sorted(even.begin(), even.end());
  }
  CHECK(disordered);
}

TEST_CASE("work that is destroyed while it stands here is skipped") {
  for (const auto order : {sim::order::strand, sim::order::fifo}) {
    sim::options o;
    o.order = order;
    sim::schedule s{o};
    item kept{1, 0};
    {
      item gone{2, 0};
      s.push(gone, 1);
      s.push(kept, 1);
    }
    CHECK(drain(s) == std::vector<int>{1});
    CHECK(s.empty());
  }
}

TEST_CASE("dropping an owner leaves the others") {
  sim::schedule s{sim::options{}};
  item a{1, 0}, b{2, 0}, c{3, 5};
  s.push(a, 1);
  s.push(b, 2);
  s.push(c, 1);
  s.drop(1);
  CHECK(drain(s) == std::vector<int>{2});
  CHECK_FALSE(a.linked());
}

TEST_CASE("a stalled strand comes back later, in order") {
  sim::options o;
  o.stall_permille = 500;
  o.stall_max = 1ms;
  sim::schedule s{o};
  std::deque<item> items;
  for (int i = 0; i < 20; ++i) s.push(items.emplace_back(i, 1), 1);
  std::vector<int> ids;
  time_point now = t0;
  bool stalled = false;
  while (ids.size() < items.size()) {
    if (work* w = s.take(now).what) {
      ids.push_back(static_cast<item*>(w)->id);
    } else {
      stalled = true;
      REQUIRE(s.next_stall_end() > now);
      REQUIRE(s.next_stall_end() <= now + 1ms);
      now = s.next_stall_end();
      s.end_stalls(now);
    }
  }
  CHECK(stalled);
  CHECK(std::is_sorted(ids.begin(), ids.end()));
}

TEST_CASE("a long fifo run does not grow") {
  sim::options o;
  o.order = sim::order::fifo;
  sim::schedule s{o};
  item a{1, 0}, b{2, 0};
  s.push(a, 1);
  for (int i = 0; i < 5000; ++i) {
    s.push(i % 2 == 0 ? b : a, 1);
    CHECK(s.take(t0).what == (i % 2 == 0 ? &a : &b));
    REQUIRE(s.ready_lanes() == 1);
  }
}
