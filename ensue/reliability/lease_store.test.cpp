#include <ensue/reliability/lease_store.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {
constexpr time_point start{1h};
}

TEST_CASE("a lease has one holder until it runs out, and each grant a greater token") {
  lease_table t;
  const auto first = t.acquire("mail", "a", 10s, start);
  REQUIRE(first.has_value());
  CHECK(first->ttl == 10s);
  CHECK(t.acquire("mail", "b", 10s, start + 9s).error() == errc::unavailable);
  CHECK(t.holder("mail", start + 9s)->owner == "a");
  CHECK_FALSE(t.holder("mail", start + 10s));
  const auto second = t.acquire("mail", "b", 10s, start + 10s);
  REQUIRE(second.has_value());
  CHECK(second->token > first->token);
  CHECK(t.acquire("print", "a", 1s, start + 10s)->token > second->token);
}

TEST_CASE("a holder that asks again has a new token, and his earlier one is void") {
  lease_table t;
  const auto before = t.acquire("mail", "a", 10s, start);
  const auto after = t.acquire("mail", "a", 10s, start + 1s);
  REQUIRE(after.has_value());
  CHECK(after->token > before->token);
  CHECK(t.renew("mail", before->token, 10s, start + 2s).error() == errc::refused);
  CHECK(t.renew("mail", after->token, 10s, start + 2s).has_value());
}

TEST_CASE("renewing counts from the renewal, never shortens, and is too late at the end") {
  lease_table t;
  const std::uint64_t token = t.acquire("mail", "a", 10s, start)->token;
  CHECK(t.renew("mail", token, 10s, start + 8s).has_value());
  CHECK(t.renew("mail", token, 1s, start + 9s).has_value());
  CHECK(t.holder("mail", start + 17s).has_value());
  CHECK(t.renew("mail", token, 10s, start + 18s).error() == errc::refused);
  CHECK(t.renew("mail", token, 10s, start + 18s).error() == errc::refused);
  CHECK(t.acquire("mail", "b", 10s, start + 18s).has_value());
}

TEST_CASE("only the holder lets it go") {
  lease_table t;
  const std::uint64_t token = t.acquire("mail", "a", 10s, start)->token;
  CHECK(t.release("mail", token + 1, start).error() == errc::refused);
  CHECK(t.release("mail", token, start).has_value());
  CHECK(t.release("mail", token, start).error() == errc::refused);
  CHECK(t.acquire("mail", "b", 10s, start)->token == token + 1);
}

TEST_CASE("leases are bounded, and those that ran out make room") {
  lease_table t{2};
  CHECK(t.acquire("a", "x", 1s, start).has_value());
  CHECK(t.acquire("b", "x", 5s, start).has_value());
  CHECK(t.acquire("c", "x", 1s, start).error() == errc::full);
  CHECK(t.acquire("a", "x", 1s, start).has_value());
  CHECK(t.acquire("c", "x", 1s, start + 1s).has_value());
  CHECK(t.size() == 2);
  CHECK(t.acquire("", "x", 1s, start).error() == errc::invalid);
  CHECK(t.acquire("d", "x", 0s, start).error() == errc::invalid);
}

TEST_CASE("the store in memory goes by its runtime's clock") {
  sim::world w;
  memory_lease_store store{w.rt()};
  const auto mine = w.block_on(store.acquire("mail", "a", 10s));
  REQUIRE(mine.has_value());
  w.run_for(9s);
  CHECK(w.block_on(store.renew("mail", mine->token, 10s)).has_value());
  w.run_for(9s);
  CHECK(w.block_on(store.acquire("mail", "b", 10s)).error() == errc::unavailable);
  w.run_for(1s);
  CHECK(w.block_on(store.release("mail", mine->token)).error() == errc::refused);
  CHECK(w.block_on(store.acquire("mail", "b", 10s)).has_value());
}
