#include <ensue/reliability/dead_letters.hpp>
#include <ensue/sim/disk.hpp>
#include <ensue/sim/explore.hpp>

#include <boost/system/errc.hpp>

#include <set>
#include <stdexcept>
#include <string>
#include <tests/async_cases.hpp>
#include <utility>
#include <vector>

using namespace ensue;
using namespace ensue::cases;

namespace {

using letter_ptr = dead_letters::letter_ptr;

uuid id_of(int n) {
  uuid u;
  u.bytes[14] = static_cast<std::uint8_t>(n >> 8);
  u.bytes[15] = static_cast<std::uint8_t>(n);
  return u;
}

dead_letter letter(int n, const char* subscription = "charge") {
  dead_letter l;
  l.event = "order.placed";
  l.event_id = id_of(n);
  l.payload = "{\"n\":" + std::to_string(n) + "}";
  l.subscription = subscription;
  l.attempts = {{1, wall_time{1s}, 1ms, "no card"}};
  return l;
}

task<std::unique_ptr<dead_letters>> open(runtime& rt, disk& d, dead_letter_options o = {}) {
  auto opened = co_await dead_letters::open(rt, d, "dead", o);
  co_return std::move(opened.value());
}

// Adds letters about the events from..to, all of which must be taken.
task<> add_all(dead_letters& s, int from, int to) {
  for (int n = from; n <= to; ++n) (co_await s.add(letter(n))).value();
}

struct posting {
  std::vector<std::string> posted{};
  bool fails = false;
  dead_letters::post_function function() {
    return [this](letter_ptr l) -> task<result<>> {
      posted.push_back(l->payload);
      if (fails) co_return errc::handler_failed;
      co_return result<>{};
    };
  }
};

task<> in_file_and_in_memory(runtime& rt, task<> (*body)(runtime&, dead_letters&)) {
  dead_letters memory{rt};
  co_await body(rt, memory);
  sim::disk d{1};
  const auto file = co_await open(rt, d);
  co_await body(rt, *file);
}

}  // namespace

TEST_CASE("letters are kept, listed in order of death, shown and purged") {
  run([](runtime& rt) -> task<> {
    co_await in_file_and_in_memory(rt, [](runtime& on, dead_letters& s) -> task<> {
      co_await add_all(s, 1, 3);
      const auto other = letter(4, "ship");
      const uuid id = (co_await s.add(other)).value();
      REQUIRE(s.show(id));
      CHECK(s.show(id)->subscription == "ship");
      CHECK((s.show(id)->died > wall_time{}));
      CHECK((s.show(id)->died <= on.wall_now()));
      const auto all = s.list();
      REQUIRE(all.size() == 4);
      CHECK(all[0]->payload == "{\"n\":1}");
      CHECK(all[3]->id == id);
      CHECK(s.list({}, 2).size() == 2);
      dead_letter_filter charge;
      charge.subscription = "charge";
      CHECK(s.list(charge).size() == 3);
      CHECK((co_await s.purge(charge)).value() == 3);
      CHECK(s.size() == 1);
      CHECK((co_await s.purge(charge)).value() == 0);
      CHECK_FALSE(s.show(id_of(9)));
    });
  });
}

TEST_CASE("they survive a restart") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto s = co_await open(rt, d);
    co_await add_all(*s, 1, 3);
    dead_letter_filter second;
    second.id = s->list()[1]->id;
    CHECK((co_await s->purge(second)).value() == 1);
    const auto before = s->list();
    const auto bytes = s->bytes();
    CHECK(co_await s->close());
    CHECK((co_await s->add(letter(4))).error() == errc::closed);
    s = co_await open(rt, d);
    REQUIRE(s->size() == 2);
    CHECK(s->bytes() == bytes);
    CHECK((*s->list()[0] == *before[0]));
    CHECK((*s->list()[1] == *before[1]));
  });
}

TEST_CASE("a letter goes when its event was posted, and stays when that failed") {
  run([](runtime& rt) -> task<> {
    co_await in_file_and_in_memory(rt, [](runtime&, dead_letters& s) -> task<> {
      co_await add_all(s, 1, 3);
      posting p;
      p.fails = true;
      dead_letter_filter first;
      first.id = s.list()[0]->id;
      auto report = (co_await s.redrive(first, p.function())).value();
      CHECK(report.redriven == 0);
      REQUIRE(report.failed.size() == 1);
      CHECK(report.failed[0].first == *first.id);
      CHECK(report.failed[0].second == make_error_code(errc::handler_failed).message());
      CHECK(s.show(*first.id)->redrives == 1);
      p.fails = false;
      const dead_letter_filter all;
      report = (co_await s.redrive(all, p.function())).value();
      CHECK(report.redriven == 3);
      CHECK(s.size() == 0);
      CHECK(p.posted.size() == 4);
    });
  });
}

TEST_CASE("an event that dies again and again becomes poison, also across restarts") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto s = co_await open(rt, d);
    posting p;
    const dead_letter_filter all;
    for (unsigned n = 0; n < 3; ++n) {
      const uuid id = (co_await s->add(letter(1))).value();
      CHECK(s->show(id)->redrives == n);
      CHECK(s->show(id)->reason == death_reason::exhausted);
      CHECK((co_await s->redrive(all, p.function())).value().redriven == 1);
      CHECK(co_await s->close());
      s = co_await open(rt, d);
      CHECK(s->size() == 0);
    }
    const uuid id = (co_await s->add(letter(1))).value();
    CHECK(s->show(id)->reason == death_reason::poison);
    auto report = (co_await s->redrive(all, p.function())).value();
    CHECK(report.refused == 1);
    CHECK(report.redriven == 0);
    CHECK(p.posted.size() == 3);
    report = (co_await s->redrive(all, p.function(), true)).value();
    CHECK(report.redriven == 1);
    CHECK(p.posted.size() == 4);
  });
}

TEST_CASE("one letter per event and subscription: a further one is merged") {
  run([](runtime& rt) -> task<> {
    dead_letter_options o;
    o.attempts_max = 3;
    dead_letters s{rt, o};
    const uuid id = (co_await s.add(letter(1))).value();
    CHECK((co_await s.add(letter(1))).value() == id);
    CHECK(s.show(id)->attempts.size() == 2);
    for (int i = 0; i < 5; ++i) CHECK((co_await s.add(letter(1))).has_value());
    CHECK(s.show(id)->attempts.size() == 3);
    CHECK(s.size() == 1);
    const auto other = letter(1, "ship");
    CHECK((co_await s.add(other)).value() != id);
    dead_letter no_id = letter(1);
    no_id.event_id = {};
    CHECK((co_await s.add(no_id)).has_value());
    CHECK((co_await s.add(no_id)).has_value());
    CHECK(s.size() == 4);
  });
}

TEST_CASE("a letter that dies again while it is posted stays") {
  run([](runtime& rt) -> task<> {
    dead_letters s{rt};
    const uuid id = (co_await s.add(letter(1))).value();
    const dead_letters::post_function post = [&s](letter_ptr) -> task<result<>> {
      (co_await s.add(letter(1))).value();
      co_return result<>{};
    };
    const dead_letter_filter all;
    CHECK((co_await s.redrive(all, post)).value().redriven == 1);
    REQUIRE(s.show(id));
    CHECK(s.show(id)->redrives == 1);
    CHECK(s.show(id)->attempts.size() == 2);
  });
}

TEST_CASE("what a post throws is reported") {
  run([](runtime& rt) -> task<> {
    dead_letters s{rt};
    co_await add_all(s, 1, 1);
    const dead_letters::post_function post = [](letter_ptr) -> task<result<>> {
      throw std::runtime_error{"no route"};
      co_return result<>{};
    };
    const dead_letter_filter all;
    const auto report = (co_await s.redrive(all, post)).value();
    REQUIRE(report.failed.size() == 1);
    CHECK(report.failed[0].second == "no route");
  });
}

TEST_CASE("at a bound new letters are refused, those that are there stay") {
  run([](runtime& rt) -> task<> {
    dead_letter_options o;
    o.letters_max = 2;
    dead_letters few{rt, o};
    co_await add_all(few, 1, 2);
    CHECK((co_await few.add(letter(3))).error() == errc::full);
    CHECK((co_await few.add(letter(2))).has_value());  // no new one
    CHECK(few.size() == 2);
    o.letters_max = 100;
    o.bytes_max = 1500;
    o.letter_bytes_max = 1000;
    dead_letters small{rt, o};
    co_await add_all(small, 1, 1);
    while (co_await small.add(letter(static_cast<int>(small.size()) + 1))) {
    }
    CHECK(small.bytes() <= 1500);
    dead_letter big = letter(50);
    big.payload = std::string(1000, 'x');
    CHECK((co_await small.add(big)).error() == errc::invalid);
  });
}

TEST_CASE("marked letters wait for the service to look, poison only by force") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto s = co_await open(rt, d);
    co_await add_all(*s, 1, 3);
    dead_letter_filter first;
    first.id = s->list()[0]->id;
    CHECK((co_await s->mark(first)).value() == 1);
    CHECK((co_await s->mark(first)).value() == 0);
    CHECK(co_await s->close());
    s = co_await open(rt, d);
    posting p;
    CHECK((co_await s->redrive_marked(p.function())).value().redriven == 1);
    CHECK(p.posted == std::vector<std::string>{"{\"n\":1}"});
    CHECK(s->size() == 2);
  });
}

TEST_CASE("the file stays small") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    dead_letter_options o;
    o.letters_max = 20;  // so many redriven events are remembered
    auto s = co_await open(rt, d, o);
    posting p;
    const dead_letter_filter all;
    for (int n = 1; n <= 300; ++n) {
      co_await add_all(*s, n, n);
      CHECK((co_await s->redrive(all, p.function())).value().redriven == 1);
    }
    CHECK(d.content("dead").size() < 30'000);
    CHECK(co_await s->close());
    s = co_await open(rt, d, o);
    const uuid again = (co_await s->add(letter(300))).value();
    CHECK(s->show(again)->redrives == 1);
  });
}

TEST_CASE("a disk that fails: not kept, and said so") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const auto s = co_await open(rt, d);
    co_await add_all(*s, 1, 1);
    const error_code no_space = make_error_code(boost::system::errc::no_space_on_device);
    d.fail_call(1, no_space);
    CHECK((co_await s->add(letter(2))).error() == no_space);
    CHECK(s->size() == 1);
    CHECK((co_await s->add(letter(3))).error() == no_space);
  });
}

namespace {

struct tally {
  std::set<int> kept{};  // acknowledged by add, and not yet posted
  std::set<int> posted{};
  int next = 1;
  std::string broken{};
};

task<> serve(sim::host& h, tally& t) {
  const auto s = co_await open(h.rt(), h.disk());
  std::set<std::string> there;
  for (const letter_ptr& l : s->list()) there.insert(l->payload);
  for (const int n : t.kept)
    if (!there.contains(letter(n).payload)) t.broken = "letter " + std::to_string(n) + " is lost";
  const dead_letters::post_function post = [&t](letter_ptr l) -> task<result<>> {
    const int n = l->event_id.bytes[14] << 8 | l->event_id.bytes[15];
    t.posted.insert(n);
    t.kept.erase(n);
    co_return result<>{};
  };
  const dead_letter_filter all;
  for (;;) {
    const int n = t.next++;
    if (co_await s->add(letter(n))) t.kept.insert(n);
    if (n % 7 == 0 && (co_await s->redrive(all, post)).has_error()) co_return;
  }
}

}  // namespace

TEST_CASE("whatever happens to the machine: a letter that was taken is there until it was posted") {
  const auto found = sim::for_each_seed(300, [](sim::world& w) {
    tally t;
    sim::host& h =
        w.host("shop", [&](sim::host& me) { me.spawn_background("serve", serve(me, t)); });
    random_stream draw = w.random("cuts");
    for (int i = 0; i < 5; ++i) {
      w.run_for(duration{static_cast<std::int64_t>(draw.below(40'000'000))});
      h.power_cut();
      h.restart();
    }
    const int before = t.next;
    w.require(w.run_until([&] { return t.next > before + 2; }), "does not come back");
    w.require(t.broken.empty(), t.broken);
    w.end();
  });
  CHECK(found.distinct > 250);
}
