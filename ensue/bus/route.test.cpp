#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/route.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/reliability/dead_letters.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct placed {
  static constexpr std::string_view event_name = "order.placed";
  int number = 0;
  std::string customer{};
};
BOOST_DESCRIBE_STRUCT(placed, (), (number, customer))

struct paid {
  static constexpr std::string_view event_name = "order.paid";
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(paid, (), (number))

struct unregistered {
  static constexpr std::string_view event_name = "order.unregistered";
};

// One process: a bus and its connection to the broker.
struct shop {
  explicit shop(sim::world& w, std::shared_ptr<memory_broker> broker, route_options o = {},
                dead_letters* letters = nullptr)
      : world{w}, b{w.rt(), {.registry = &known(), .dead_letters = letters}}, t{std::move(broker)} {
    (void)w.block_on(t.open());
    orders = std::make_unique<route>(b, t, "order.>", std::move(o));
  }
  ~shop() { (void)world.block_on(orders->stop(1s)); }

  static const event_registry& known() {
    static const event_registry all = [] {
      event_registry r;
      (void)r.add<placed>();
      (void)r.add<paid>();
      return r;
    }();
    return all;
  }
  void start() { REQUIRE(world.block_on(orders->start()).has_value()); }

  sim::world& world;
  bus b;
  memory_transport t;
  std::unique_ptr<route> orders;
};

struct town {
  sim::world w;
  std::shared_ptr<memory_broker> broker = std::make_shared<memory_broker>(w.rt());
};

}  // namespace

TEST_CASE("route: no handler changes, and each event comes once to each group") {
  town x;
  shop a{x.w, x.broker};
  shop b{x.w, x.broker};
  std::vector<int> mail;
  std::vector<int> books;
  const auto in_a =
      a.b.subscribe<placed>([&](const placed& e) { mail.push_back(e.number); }, {.name = "mail"});
  const auto in_b =
      b.b.subscribe<placed>([&](const placed& e) { mail.push_back(e.number); }, {.name = "mail"});
  const auto other =
      b.b.subscribe<placed>([&](const placed& e) { books.push_back(e.number); }, {.name = "books"});
  a.start();
  b.start();
  for (int n = 1; n <= 10; ++n) x.w.block_on(a.b.post<placed>(n, "ada"));
  x.w.run_for(1s);
  std::sort(mail.begin(), mail.end());
  CHECK(mail == std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  CHECK(books.size() == 10);
  CHECK(in_a.counts().handled + in_b.counts().handled == 10);
  const auto groups = b.orders->accounts();
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].group == "books");
  CHECK(groups[0].acked == 10);
}

TEST_CASE("route: what the handler gets is what was posted, envelope and all") {
  town x;
  shop a{x.w, x.broker};
  placed got;
  envelope meta;
  const auto held = a.b.subscribe<placed>(
      [&](const placed& e, context& c) {
        got = e;
        meta = c.meta();
      },
      {.name = "mail"});
  a.start();
  const uuid id = x.w.rt().new_id();
  event_stamp stamp{.id = id, .subject = "order 7", .key = "7"};
  x.w.block_on(a.b.with(stamp).post<placed>(7, "ada"));
  x.w.run_for(1s);
  CHECK(got.number == 7);
  CHECK(got.customer == "ada");
  CHECK(meta.id == id);
  CHECK(meta.details().subject == "order 7");
  CHECK(meta.details().key == "7");
}

TEST_CASE("route: a post completes when the transport has accepted, and throws when it has not") {
  town x;
  shop a{x.w, x.broker, {.publish_within = 1s}};
  x.w.block_on(a.b.post<placed>(1, "ada"));
  CHECK(x.broker->stored() == 1);
  (void)x.w.block_on(a.t.close({}));
  CHECK_THROWS_AS(x.w.block_on(a.b.post<placed>(2, "ada")), boost::system::system_error);
  CHECK(x.broker->stored() == 1);
}

TEST_CASE("route: what a handler returns is accepted before its event is acknowledged") {
  town x;
  shop a{x.w, x.broker, {.publish_within = 5s, .retry_after = 1s}};
  const auto held =
      a.b.subscribe<placed>([](const placed& e) { return paid{e.number}; }, {.name = "payments"});
  a.start();
  x.w.block_on(a.b.post<placed>(1, "ada"));
  x.w.run_for(1s);
  CHECK(x.broker->stored() == 2);
  CHECK(a.orders->accounts().at(0).acked == 1);
}

TEST_CASE("route: an output that the transport does not take is its event's failure") {
  town x;
  shop a{x.w, x.broker};
  const auto held =
      a.b.subscribe<placed>([](const placed&) { return unregistered{}; }, {.name = "payments"});
  a.start();
  x.w.block_on(a.b.post<placed>(1, "ada"));
  x.w.run_for(1s);
  CHECK(held.counts().handled == 1);
  REQUIRE(x.broker->dead("payments").size() == 1);
  CHECK(x.broker->dead("payments")[0].reason.find("registry") != std::string::npos);
}

TEST_CASE(
    "route: a failure that is kept nowhere is dead at the transport, else it is acknowledged") {
  town x;
  const auto fail = [](const placed&) { throw std::runtime_error("no paper"); };
  SUBCASE("no store of dead letters") {
    shop a{x.w, x.broker};
    const auto held = a.b.subscribe<placed>(fail, {.name = "mail"});
    a.start();
    x.w.block_on(a.b.post<placed>(1, "ada"));
    x.w.run_for(1s);
    REQUIRE(x.broker->dead("mail").size() == 1);
    CHECK(x.broker->dead("mail")[0].reason.find("no paper") != std::string::npos);
  }
  SUBCASE("with one") {
    dead_letters letters{x.w.rt()};
    shop a{x.w, x.broker, {}, &letters};
    const auto held = a.b.subscribe<placed>(fail, {.name = "mail"});
    a.start();
    x.w.block_on(a.b.post<placed>(1, "ada"));
    x.w.run_for(1s);
    CHECK(letters.size() == 1);
    CHECK(x.broker->dead("mail").empty());
    CHECK(a.orders->accounts().at(0).acked == 1);
  }
}

TEST_CASE("route: what the end of a process cuts off comes again to another") {
  town x;
  int begun = 0;
  int done = 0;
  const auto work = [&](const placed&) -> task<> {
    ++begun;
    co_await sleep_for(x.w.rt(), 10s);
    ++done;
  };
  auto a = std::make_unique<shop>(x.w, x.broker);
  auto held = a->b.subscribe<placed>(work, {.name = "mail"});
  a->start();
  x.w.block_on(a->b.post<placed>(1, "ada"));
  x.w.run_for(2s);
  CHECK(begun == 1);
  CHECK(x.w.block_on(a->orders->stop(1s)).error() == errc::timed_out);
  a.reset();  // the end of a process cancels what runs
  shop b{x.w, x.broker};
  const auto again = b.b.subscribe<placed>(work, {.name = "mail"});
  b.start();
  x.w.run_for(1min);
  CHECK(done == 1);
  CHECK(b.orders->accounts().at(0).again == 1);
}

TEST_CASE("route: a handler that takes longer than the lease keeps its delivery") {
  town x;
  shop a{x.w, x.broker, {.lease = 10s}};
  int begun = 0;
  const auto held = a.b.subscribe<placed>(
      [&](const placed&) -> task<> {
        ++begun;
        co_await sleep_for(x.w.rt(), 2min);
      },
      {.name = "mail"});
  a.start();
  x.w.block_on(a.b.post<placed>(1, "ada"));
  x.w.run_for(5min);
  CHECK(begun == 1);
  CHECK(a.orders->accounts().at(0).acked == 1);
  CHECK(a.orders->accounts().at(0).late == 0);
}

TEST_CASE("route: in order within a key, beside each other across keys") {
  town x;
  shop a{x.w, x.broker, {.key = [](const event_ref& e) { return e.as<placed>()->customer; }}};
  std::vector<std::pair<std::string, int>> begun;
  const auto held = a.b.subscribe<placed>(
      [&](const placed& e) -> task<> {
        begun.emplace_back(e.customer, e.number);
        co_await sleep_for(x.w.rt(), 1s);
      },
      {.name = "mail", .concurrency = 8});
  a.start();
  for (int n = 1; n <= 3; ++n)
    for (const char* who : {"ada", "bob"}) x.w.block_on(a.b.post<placed>(n, who));
  x.w.run_for(500ms);
  std::sort(begun.begin(), begun.end());
  CHECK(begun == std::vector<std::pair<std::string, int>>{{"ada", 1}, {"bob", 1}});
  x.w.run_for(10s);
  CHECK(begun.size() == 6);
  CHECK(begun[5].second == 3);
}

TEST_CASE("route: by name, with types this program does not know") {
  town x;
  shop a{x.w, x.broker};
  std::vector<std::string> seen;
  const auto held = a.b.subscribe(
      "order.*", [&](const event_ref& e) { seen.emplace_back(e.name()); }, {.name = "audit"});
  a.start();
  std::vector<cloud_event> foreign{
      {.id = "1", .source = "/other", .type = "order.lost", .data = "{}"},
      {.id = "2", .source = "/other", .type = "order.placed", .data = R"({"number":1})"},
      {.id = "3", .source = "/other", .type = "order.placed", .data = R"({"number":"x"})"},
      {.id = "4", .source = "/other", .type = "invoice.sent", .data = "{}"}};
  (void)x.w.block_on(a.t.publish(std::move(foreign)));
  x.w.run_for(1s);
  CHECK(seen == std::vector<std::string>{"order.lost", "order.placed"});
  CHECK(a.orders->accounts().at(0).unreadable == 1);
  REQUIRE(x.broker->dead("audit").size() == 1);
  CHECK(x.broker->dead("audit")[0].reason.find("number") != std::string::npos);
}

TEST_CASE("route: two subscriptions of one name must not take the same event") {
  town x;
  shop a{x.w, x.broker};
  const auto one = a.b.subscribe<placed>([](const placed&) {}, {.name = "mail"});
  const auto other = a.b.subscribe<paid>([](const paid&) {}, {.name = "mail"});
  CHECK(x.w.block_on(a.orders->start()).has_value());
  shop b{x.w, x.broker};
  const auto first = b.b.subscribe<placed>([](const placed&) {}, {.name = "mail"});
  const auto again = b.b.subscribe<placed>([](const placed&) {}, {.name = "mail"});
  CHECK(x.w.block_on(b.orders->start()).error().text() ==
        "route order.>: two subscriptions named mail take order.placed");
}

TEST_CASE("route: who has no name only looks on") {
  town x;
  shop a{x.w, x.broker};
  shop b{x.w, x.broker};
  int seen_a = 0;
  int seen_b = 0;
  const auto at_a = a.b.subscribe<placed>([&](const placed&) { ++seen_a; });
  const auto at_b = b.b.subscribe<placed>([&](const placed&) { ++seen_b; });
  a.start();
  b.start();
  x.w.block_on(a.b.post<placed>(1, "ada"));
  x.w.run_for(1s);
  CHECK(seen_a == 1);
  CHECK(seen_b == 0);
}
