#include <ensue/bus/bus.hpp>
#include <ensue/bus/deduce.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <type_traits>

using namespace ensue;

namespace {

struct order {
  int id = 0;
};
struct receipt {
  int id = 0;
};

// By the free functions; each test begins with 0.
int seen = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void plain(const order& o) { seen += o.id; }
void with_context(const order& o, context& c) noexcept {
  seen += o.id + static_cast<int>(c.depth());
}
task<> coroutine(const order& o) {
  seen += o.id;
  co_return;
}
task<receipt> answering(const order& o, context& c) {
  co_await yield(c.rt());
  co_return receipt{o.id};
}

struct desk {
  int sum = 0;
  void on_order(const order& o) { sum += o.id; }
  void on_order_const(const order& o) const { const_cast<desk*>(this)->sum += o.id; }
  void with_context(const order& o, context& c) noexcept {
    sum += o.id + static_cast<int>(c.depth());
  }
  task<> later(const order& o) {
    sum += o.id;
    co_return;
  }
  task<> later_with_context(const order& o, context& c) {
    co_await yield(c.rt());
    sum += o.id;
  }
  receipt answer(const order& o) { return {o.id}; }
  void both(const order& o) { sum += o.id; }
  void both(const receipt&) {}
};

struct fixture {
  sim::world w;
  bus b{w.rt()};
  fixture() { seen = 0; }
  ~fixture() { CHECK(b.total().balanced()); }
  void go() {
    CHECK_FALSE(b.try_post<order>(5));
    w.run();
  }
};

static_assert(std::is_same_v<detail::event_of_t<decltype(&plain)>, order>);
static_assert(std::is_same_v<detail::event_of_t<decltype(&desk::on_order_const)>, order>);
static_assert(std::is_same_v<detail::event_of_t<void (*)(order)>, detail::no_event>);
static_assert(std::is_same_v<detail::event_of_t<void (*)(const order&, int)>, detail::no_event>);
static_assert(std::is_same_v<detail::event_of_t<int>, detail::no_event>);

}  // namespace

TEST_CASE_FIXTURE(fixture, "the event is read from functions and lambdas of every kind") {
  int results = 0;
  auto s1 = b.subscribe(plain), s2 = b.subscribe(&with_context), s3 = b.subscribe(coroutine);
  auto s4 = b.subscribe(answering);
  auto s5 = b.subscribe([&](const receipt& r) { results += r.id; });
  auto s6 = b.subscribe([](const order& o, context&) mutable { seen += o.id; }, {.name = "lambda"});
  auto s7 = b.subscribe([](const order& o) -> task<> {
    seen += o.id;
    co_return;
  });
  go();
  CHECK(seen == 25);
  CHECK(results == 5);
}

TEST_CASE_FIXTURE(fixture, "a generic handler subscribes to the event that is named") {
  int sum = 0;
  auto s = b.subscribe<order>([&](const auto& e) { sum += e.id; });
  go();
  CHECK(sum == 5);
}

TEST_CASE_FIXTURE(fixture, "member functions, by pointer or reference, plain or coroutine") {
  desk d;
  int results = 0;
  auto s1 = b.subscribe(&d, &desk::on_order), s2 = b.subscribe(d, &desk::on_order_const);
  auto s3 = b.subscribe(&d, &desk::with_context), s4 = b.subscribe(&d, &desk::later);
  auto s5 = b.subscribe(d, &desk::later_with_context, {.name = "later"});
  auto s6 = b.subscribe(&d, &desk::answer);
  auto s7 = b.subscribe<order>(d, &desk::both);
  auto s8 = b.subscribe([&](const receipt& r) { results += r.id; });
  go();
  CHECK(d.sum == 30);
  CHECK(results == 5);
}

TEST_CASE_FIXTURE(fixture, "a handler bound to a shared object ends with it, plain or coroutine") {
  auto d = std::make_shared<desk>();
  desk& at = *d;
  auto s1 = b.subscribe(d, &desk::on_order);
  auto s2 = b.subscribe(d, &desk::later_with_context);
  auto s3 = b.subscribe(d, &desk::answer);
  go();
  CHECK(at.sum == 10);
  CHECK_FALSE(b.try_post<order>(7));
  d.reset();
  w.run();
  CHECK_FALSE(s1.active());
  CHECK_FALSE(s2.active());
  CHECK(b.total().dropped_for(drop_reason::unsubscribed) == 3);
  CHECK(b.emit<order>(7).delivered == 0);
}

namespace {
task<> hold(work_list& door, context& c, int& sum) {
  co_await wait_in(door, c.rt(), "door");
  ++sum;
}
struct slow_desk {
  work_list door;
  int& sum;
  explicit slow_desk(int& s) : sum{s} {}
  ~slow_desk() { sum += 100; }
  task<> wait(const order&, context& c) { return hold(door, c, sum); }
};
}  // namespace

TEST_CASE_FIXTURE(fixture, "a shared object stays while its coroutine handler runs") {
  int sum = 0;
  auto d = std::make_shared<slow_desk>(sum);
  slow_desk& at = *d;
  auto s = b.subscribe(d, &slow_desk::wait);
  go();
  d.reset();
  CHECK(sum == 0);
  wake_all(at.door);
  w.run();
  CHECK(sum == 101);
}

TEST_CASE_FIXTURE(fixture, "once is called once, also as a coroutine, and drops what is queued") {
  int plain_calls = 0, coroutine_calls = 0;
  auto s1 = b.once<order>([&](const order&) { ++plain_calls; });
  auto s2 = b.once<order>([&](const order&, context& c) -> task<> {
    ++coroutine_calls;
    co_await yield(c.rt());
  });
  for (int i = 0; i < 3; ++i) CHECK_FALSE(b.try_post<order>(i));
  w.run();
  CHECK(plain_calls == 1);
  CHECK(coroutine_calls == 1);
  CHECK(b.total().dropped_for(drop_reason::unsubscribed) == 4);
  CHECK_FALSE(s1.active());
  CHECK_FALSE(s2.active());
}
