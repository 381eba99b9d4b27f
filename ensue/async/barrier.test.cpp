#include <ensue/async/barrier.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("a party that is cancelled leaves its place to another") {
  run([](runtime& rt) -> task<> {
    barrier b{rt, 2};
    scope s{rt};
    const auto gone = s.spawn("gone", b.wait());
    co_await yields(rt, 3);
    CHECK(b.waiting() == 1);
    gone.cancel();
    co_await yields(rt, 3);
    CHECK(b.waiting() == 0);
    const auto first = s.spawn("first", b.wait());
    const auto second = s.spawn("second", b.wait());
    co_await s.join();
    CHECK(first.get() + second.get() == 1);
    CHECK(gone.cancelled());
  });
}

TEST_CASE("rounds do not mix, in any order of events") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::world w{seed};
    runtime& rt = w.rt();
    barrier b{rt, 3};
    int rounds[3] = {0, 0, 0};
    const auto party = [&](int i) -> task<> {
      for (int r = 0; r < 10; ++r) {
        co_await b.wait();
        ++rounds[i];
        for (const int other : rounds) CHECK(std::abs(other - rounds[i]) <= 1);
      }
    };
    const auto body = [&](scope& s) -> task<> {
      for (int i = 0; i < 3; ++i) s.spawn("party", party(i));
      co_return;
    };
    w.block_on(with_scope(rt, body));
    CHECK(rounds[0] == 10);
  }
}
