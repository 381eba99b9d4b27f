#include <ensue/async/condition.hpp>

#include <tests/async_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

TEST_CASE("producers and consumers under one mutex lose nothing") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::world w{sim::options::swarm(seed)};
    runtime& rt = w.rt();
    mutex m{rt};
    condition changed{m};
    int stock = 0, sold = 0;
    const auto produce = [&]() -> task<> {
      for (int i = 0; i < 20; ++i) {
        const permit held = co_await m.lock();
        ++stock;
        CHECK(changed.notify(held));
      }
    };
    const auto consume = [&]() -> task<> {
      for (int i = 0; i < 20; ++i) {
        permit held = co_await m.lock();
        co_await changed.wait_for(held, [&] { return stock > 0; });
        --stock;
        ++sold;
      }
    };
    const auto body = [&](scope& s) -> task<> {
      s.spawn("consumer", consume);
      s.spawn("producer", produce);
      s.spawn("consumer", consume);
      s.spawn("producer", produce);
      co_return;
    };
    w.block_on(with_scope(rt, body));
    CHECK(stock == 0);
    CHECK(sold == 40);
  }
}
