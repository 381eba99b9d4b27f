#include <ensue/bus/bus.hpp>
#include <ensue/bus/result.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

using namespace ensue;

namespace {

struct order {
  int id = 0;
};
struct mail {
  int id = 0;
};
struct label {
  int id = 0;
};

}  // namespace

TEST_CASE("what a handler returns is published: one, none, many, several kinds") {
  sim::world w;
  bus b{w.rt()};
  std::vector<int> mails;
  int labels = 0;
  auto m = b.subscribe<mail>([&](const mail& e) { mails.push_back(e.id); });
  auto l = b.subscribe<label>([&](const label&) { ++labels; });
  auto one = b.subscribe<order>([](const order& o) { return mail{o.id}; });
  auto none = b.subscribe<order>([](const order&) { return std::optional<mail>{}; });
  auto many = b.subscribe<order>([](const order& o) { return std::vector<mail>(2, mail{o.id}); });
  auto both =
      b.subscribe<order>([](const order& o) { return std::tuple{mail{o.id}, label{o.id}}; });
  auto either =
      b.subscribe<order>([](const order& o) { return std::variant<mail, label>{label{o.id}}; });
  auto later = b.subscribe<order>([](const order& o, context& c) -> task<mail> {
    co_await yield(c.rt());
    co_return mail{o.id};
  });
  (void)b.emit<order>(9);
  w.run();
  CHECK(mails == std::vector<int>(5, 9));
  CHECK(labels == 2);
  CHECK(b.total().balanced());
}

TEST_CASE("collect brings the values of one type, and publishes none of them") {
  sim::world w;
  bus b{w.rt()};
  int mails = 0;
  auto m = b.subscribe<mail>([&](const mail&) { ++mails; });
  auto s1 = b.subscribe<order>([](const order& o) { return o.id * 2; });
  auto s2 = b.subscribe<order>([](const order& o, context& c) -> task<int> {
    co_await yield(c.rt());
    co_return o.id * 3;
  });
  auto s3 = b.subscribe<order>([](const order&) -> int { throw 1; });
  auto s4 = b.subscribe<order>([](const order& o) { return mail{o.id}; });
  std::vector<int> got = w.block_on(b.collect<int, order>(5));
  std::sort(got.begin(), got.end());
  CHECK(got == std::vector<int>{10, 15});
  w.run();
  CHECK(mails == 1);
}

TEST_CASE("a result that finds no room is the handler's failure, not a wait") {
  sim::world w;
  bus b{w.rt()};
  auto m = b.subscribe<mail>([](const mail&) {}, {.capacity = 1});
  auto s = b.subscribe<order>([](const order& o) { return std::vector<mail>(3, mail{o.id}); });
  const auto r = b.emit<order>(1);
  CHECK(r.failed == 1);
  w.run();
  CHECK(m.counts().handled == 1);
}
