#include <ensue/bus/record.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <vector>

using namespace ensue;

namespace {

struct counted {
  explicit counted(int& alive) : alive_{alive} { ++alive_; }
  counted(const counted&) = delete;
  ~counted() { --alive_; }
  int& alive_;
};
struct alignas(64) wide {
  char bytes[64] = {};
};

record_ref make(record_pool& pool, int& alive) {
  record* r = pool.take(event_type<counted>());
  ::new (r->payload()) counted(alive);
  return record_ref{r};
}

}  // namespace

TEST_CASE("the last reference destroys the event and gives the block back") {
  record_pool pool{event_type<counted>()};
  int alive = 0;
  {
    const record_ref first = make(pool, alive);
    add_reference(*first.get());
    CHECK(alive == 1);
    release(first.get());
    CHECK(alive == 1);
    CHECK(pool.live() == 1);
  }
  CHECK(alive == 0);
  CHECK(pool.live() == 0);
}

TEST_CASE("a block is used again, with a clean header") {
  record_pool pool{event_type<counted>()};
  int alive = 0;
  const void* block = nullptr;
  {
    const record_ref r = make(pool, alive);
    r->depth = 7;
    r->story = std::make_unique<lineage>();
    block = r.get();
  }
  const record_ref again = make(pool, alive);
  CHECK(again.get() == block);
  CHECK(again->depth == 0);
  CHECK(again->story == nullptr);
  CHECK(again->waiting == nullptr);
}

TEST_CASE("an event with a larger alignment than the header gets it") {
  record_pool pool{event_type<wide>()};
  std::vector<record_ref> all;
  for (int i = 0; i < 5; ++i) {
    record* r = pool.take(event_type<wide>());
    ::new (r->payload()) wide;
    all.emplace_back(r);
    CHECK(reinterpret_cast<std::uintptr_t>(r->payload()) % alignof(wide) == 0);
  }
}
