#include <ensue/bus/bus.hpp>
#include <ensue/bus/posting.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

using namespace ensue;

namespace {

struct order {
  int id = 0;
};
struct picky {
  explicit picky(int n) {
    if (n < 0) throw std::invalid_argument("negative");
  }
};

}  // namespace

TEST_CASE("an event whose constructor throws leaves nothing behind") {
  sim::world w;
  bus b{w.rt()};
  int seen = 0;
  auto s = b.subscribe<picky>([&](const picky&) { ++seen; });
  CHECK_THROWS_AS((void)b.try_post<picky>(-1), std::invalid_argument);
  CHECK_FALSE(b.try_post<picky>(1));
  w.run();
  CHECK(seen == 1);
  CHECK(b.total().accepted == 1);
}

TEST_CASE("try_post queues with all subscribers or with none") {
  sim::world w;
  bus b{w.rt()};
  auto roomy = b.subscribe<order>([](const order&) {}, {.capacity = 8});
  auto tight = b.subscribe<order>([](const order&) {}, {.capacity = 1});
  CHECK_FALSE(b.try_post<order>(1));
  CHECK(b.try_post<order>(2) == errc::full);
  CHECK(roomy.counts().accepted == 1);
  CHECK(tight.counts().accepted == 1);
  w.run();
  CHECK_FALSE(b.try_post<order>(3));
  w.run();
  CHECK(b.total().handled == 4);
}

TEST_CASE("posting to a closed bus is refused") {
  sim::world w;
  bus b{w.rt()};
  auto s = b.subscribe<order>([](const order&) {});
  b.close();
  CHECK(b.try_post<order>(1) == errc::closed);
  CHECK_THROWS_AS(w.block_on(b.post<order>(1)), boost::system::system_error);
  CHECK(b.emit<order>(1).refused == 1);
}

TEST_CASE("an event nobody subscribed to is accepted and counted as unrouted") {
  sim::world w;
  bus b{w.rt()};
  CHECK_FALSE(b.try_post<order>(1));
  CHECK(b.emit<order>(2).delivered == 0);
  CHECK(b.engine().unrouted() == 2);
}
