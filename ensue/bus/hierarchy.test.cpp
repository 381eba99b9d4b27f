#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;

namespace {

struct root_event {
  int id = 0;
};
struct left : virtual root_event {
  using ensue_bases = ensue::bases<root_event>;
};
struct right : virtual root_event {
  using ensue_bases = ensue::bases<root_event>;
};
struct bottom : left, right {
  using ensue_bases = ensue::bases<left, right>;
};

struct animal {
  int legs = 4;
};
struct tail {
  int length = 9;
};
struct dog : animal, tail {
  using ensue_bases = ensue::bases<animal, tail>;
  std::string name;
};

struct fixture {
  sim::world w;
  bus b{w.rt()};
  std::string calls;
  ~fixture() { CHECK(b.total().balanced()); }

  template <class E>
  subscription plain(const char* mark, int priority = 0) {
    return b.subscribe<E>([this, mark](const E&) { calls += mark; }, {.priority = priority});
  }
  template <class E>
  subscription coroutine(const char* mark) {
    return b.subscribe<E>([this, mark](const E&, context& c) -> task<> {
      co_await yield(c.rt());
      calls += mark;
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "each handler gets an event of a diamond once, by priority, then age") {
  auto s1 = plain<bottom>("b"), s2 = plain<left>("l"), s3 = plain<right>("r");
  auto s4 = plain<root_event>("o"), s5 = plain<left>("L", 2), s6 = plain<root_event>("O", 1);
  auto s7 = coroutine<root_event>("c"), s8 = coroutine<left>("d");
  bottom e;
  e.id = 3;
  CHECK(b.emit(e).delivered == 8);
  w.run();
  CHECK((calls == "LOblrocd" || calls == "LOblrodc"));
  calls.clear();
  CHECK_FALSE(b.try_post<bottom>(e));
  w.run();
  CHECK(calls.size() == 8);
  CHECK(b.emit(left{}).delivered == 6);
}

TEST_CASE_FIXTURE(
    fixture, "a base's handler sees its part of the event, plain or coroutine, queued or not") {
  int length = 0;
  auto s1 = b.subscribe([&](const tail& t) { length += t.length; });
  auto s2 = b.subscribe([&](const tail& t) -> task<> {
    length += t.length;
    co_return;
  });
  dog d;
  d.length = 5, d.name = std::string(50, 'd');
  CHECK(b.emit(d).delivered == 2);
  w.run();
  CHECK(length == 10);
  CHECK_FALSE(b.try_post<dog>(d));
  w.run();
  CHECK(length == 20);
}

TEST_CASE_FIXTURE(fixture, "who subscribes while an event is handled gets the next one") {
  subscription late;
  auto s = b.subscribe([&](const animal&) {
    calls += "a";
    if (!late.active()) late = plain<animal>("n");
  });
  (void)b.emit(animal{});
  CHECK(calls == "a");
  (void)b.emit(animal{});
  CHECK(calls == "aan");
}

TEST_CASE_FIXTURE(fixture, "a subscription that ends while an event is handled is not called") {
  subscription victim;
  auto s1 = b.subscribe([&](const animal&) {
    calls += "a";
    victim.end();
  });
  victim = plain<animal>("v");
  auto s3 = plain<animal>("z");
  CHECK(b.emit(animal{}).delivered == 2);
  CHECK(calls == "az");
  CHECK(b.total().dropped_for(drop_reason::unsubscribed) == 1);
}

TEST_CASE_FIXTURE(fixture,
                  "a base's subscription that ends in a nested emit is not called either") {
  subscription victim;
  auto s1 = b.subscribe([&](const dog& d) {
    calls += "d";
    if (d.legs == 4) {
      dog lame;
      lame.legs = 3;
      (void)b.emit(lame);
    } else {
      victim.end();
    }
  });
  victim = plain<animal>("v");
  (void)b.emit(dog{});
  CHECK(calls == "dd");
}

TEST_CASE_FIXTURE(fixture, "prepend goes before all there are, the latest first") {
  auto s1 = plain<animal>("x", 7);
  auto s2 = b.prepend<animal>([this](const animal&) { calls += "1"; });
  auto s3 = b.prepend<animal>([this](const animal&) { calls += "2"; });
  auto s4 = plain<animal>("y", 7);
  (void)b.emit(animal{});
  CHECK(calls == "21xy");
}

TEST_CASE_FIXTURE(fixture,
                  "a halted subscription is not called, mid-emit, and is direct again after") {
  auto s1 = b.subscribe([&](const animal&) {
    calls += "a";
    b.engine().set_brakes(
        {.halts = [](const subscription_state& s) { return s.name() == "stop"; }});
  });
  auto s2 = b.subscribe<animal>([&](const animal&) { calls += "s"; }, {.name = "stop"});
  CHECK(b.emit(animal{}).delivered == 1);
  CHECK(s2.counts().dropped_for(drop_reason::halted) == 1);
  s1.end();
  b.engine().set_brakes({});
  CHECK(b.emit(animal{}).delivered == 1);
  CHECK(calls == "as");
}

TEST_CASE_FIXTURE(fixture, "accounts move when lists are built anew, and nothing is lost") {
  auto s1 = plain<animal>("a");
  for (int i = 0; i < 10; ++i) {
    auto s2 = plain<dog>("d");
    (void)b.emit(dog{});
    (void)b.emit(animal{});
  }
  CHECK(s1.counts().handled == 20);
  CHECK(b.total().handled == 30);
}
