#include <ensue/async/timer_heap.hpp>
#include <ensue/base/random.hpp>

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <vector>

using namespace ensue;

namespace {

struct entry : timer_entry {
  explicit entry(int i) : timer_entry{[](work&) {}}, id{i} {}
  int id;
};

constexpr time_point at(std::uint64_t ms) {
  return time_point{std::chrono::milliseconds{static_cast<std::int64_t>(ms)}};
}

}  // namespace

TEST_CASE("an empty heap is never due") {
  timer_heap heap;
  CHECK(heap.next() == never);
  CHECK(heap.pop_due(never) == nullptr);
}

TEST_CASE("equal times fire in the order they were armed") {
  timer_heap heap;
  std::vector<std::unique_ptr<entry>> entries;
  for (int i = 0; i < 100; ++i) {
    entries.push_back(std::make_unique<entry>(i));
    heap.arm(*entries.back(), at(5));
  }
  CHECK(heap.pop_due(at(4)) == nullptr);
  for (int i = 0; i < 100; ++i)
    CHECK(heap.pop_due(at(5)) == entries[static_cast<std::size_t>(i)].get());
}

TEST_CASE("an entry disarms itself when it dies, and survives its heap") {
  auto heap = std::make_unique<timer_heap>();
  entry stays{1};
  heap->arm(stays, at(2));
  {
    entry goes{2};
    heap->arm(goes, at(1));
    CHECK(heap->size() == 2);
  }
  CHECK(heap->size() == 1);
  CHECK(heap->next() == at(2));
  heap.reset();
  CHECK_FALSE(stays.armed());
}

// Random arming, disarming and firing, next to a multimap that keeps insertion order.
TEST_CASE("it agrees with an ordered multimap whatever is done to it") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    random_stream random{seed, "heap"};
    timer_heap heap;
    std::multimap<time_point, entry*> model;
    std::vector<std::unique_ptr<entry>> entries;
    for (int i = 0; i < 64; ++i) entries.push_back(std::make_unique<entry>(i));
    time_point now = at(0);
    for (int step = 0; step < 5'000; ++step) {
      entry& e = *entries[random.below(entries.size())];
      if (e.armed()) {
        heap.disarm(e);
        std::erase_if(model, [&](const auto& pair) { return pair.second == &e; });
      } else {
        const time_point when = now + std::chrono::milliseconds{random.below(50)};
        heap.arm(e, when);
        model.emplace(when, &e);
      }
      if (step % 3 == 0) now += std::chrono::milliseconds{random.below(4)};
      while (timer_entry* fired = heap.pop_due(now)) {
        REQUIRE(!model.empty());
        REQUIRE(fired == model.begin()->second);
        model.erase(model.begin());
      }
      REQUIRE((model.empty() || model.begin()->first > now));
      REQUIRE(heap.size() == model.size());
      REQUIRE(heap.next() == (model.empty() ? never : model.begin()->first));
    }
  }
}
