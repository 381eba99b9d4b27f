#include <ensue/flow/record_store.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("a store in memory gives back what was appended, in order, or what it was compacted to") {
  sim::world w{1};
  memory_record_store store;
  std::vector<std::string> read;
  const record_store::each note = [&](std::string_view r) {
    read.emplace_back(r);
    return result<>{};
  };
  CHECK(w.block_on(store.append("a")).has_value());
  CHECK(w.block_on(store.append("b")).has_value());
  CHECK(store.size() == 2);
  CHECK(w.block_on(store.load(note)).has_value());
  CHECK(read == std::vector<std::string>{"a", "b"});
  CHECK(w.block_on(store.compact({"c"})).has_value());
  CHECK(store.records() == std::vector<std::string>{"c"});
}

TEST_CASE("an error of the reader ends the load") {
  sim::world w{1};
  memory_record_store store;
  (void)w.block_on(store.append("a"));
  const record_store::each refuse = [](std::string_view) -> result<> { return errc::invalid; };
  CHECK(w.block_on(store.load(refuse)).error() == errc::invalid);
}
