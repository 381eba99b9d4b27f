#include <ensue/event/registry.hpp>
#include <ensue/flow/event_log.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct temperature {
  static constexpr std::string_view event_name = "room.temperature";
  int degrees = 0;
};
BOOST_DESCRIBE_STRUCT(temperature, (), (degrees))
struct door {
  static constexpr std::string_view event_name = "room.door";
  bool open = false;
};
BOOST_DESCRIBE_STRUCT(door, (), (open))

struct fixture {
  explicit fixture(event_log_options o = {}) : log{w.rt(), store, o} {
    (void)registry.add<temperature>();
    w.block_on(log.start());
  }
  std::vector<std::uint64_t> numbers(const log_filter& f) const {
    std::vector<std::uint64_t> all;
    for (const logged_event& e : log.read(f)) all.push_back(e.number);
    return all;
  }

  sim::world w{3};
  event_registry registry;
  memory_record_store store;
  bus b{w.rt(), {.registry = &registry}};
  event_log log;
};
using list = std::vector<std::uint64_t>;

}  // namespace

TEST_CASE("a log holds what was published, in order, and finds it by type, time, number and key") {
  fixture f;
  const auto listening = f.log.attach(f.b, "room.>");
  for (int i = 0; i < 3; ++i) {
    (void)f.b.try_post<temperature>(20 + i);
    f.w.run_for(1min);
  }
  CHECK(f.b.try_post_named("room.window", R"({"open":true})").has_value());
  f.w.run();
  const auto all = f.log.read({});
  REQUIRE(all.size() == 4);
  CHECK(all[1].type == "room.temperature");
  CHECK(encode_json(all[1].event).value() == R"({"degrees":21})");
  CHECK(!all[1].id.nil());
  CHECK(f.numbers({.types = {"room.temperature"}}) == list{1, 2, 3});
  CHECK(f.numbers({.types = {"room.w*", "room.window"}}) == list{4});
  CHECK(f.numbers({.after = 2}) == list{3, 4});
  CHECK(f.numbers({.from = all[1].at, .until = all[2].at}) == list{2});
  CHECK(f.numbers({.key = "k"}).empty());
  logged_event keyed = all[0];
  keyed.key = "k";
  keyed.subject = "cellar";
  CHECK(f.w.block_on(f.log.append(keyed)).has_value());
  CHECK(f.numbers({.key = "k"}) == list{5});
  CHECK(f.numbers({.subject = "cellar"}) == list{5});
  CHECK(f.log.read({}, 2).size() == 2);
}

TEST_CASE("an event without JSON is counted, and fails the log's handler") {
  fixture f;
  const auto listening = f.log.attach(f.b, "room.>");
  (void)f.b.try_post<door>(true);
  f.w.run();
  CHECK(f.log.account().unreadable == 1);
  CHECK(listening.counts().dead == 1);
}

TEST_CASE("a log is bounded: the oldest go, and it says how many, after a restart too") {
  fixture f{{.bytes_max = 4000}};
  const auto listening = f.log.attach(f.b, "room.>");
  for (int i = 0; i < 100; ++i) {
    (void)f.b.try_post<temperature>(i);
    f.w.run();
  }
  const event_log_account n = f.log.account();
  CHECK(n.bytes <= 4000);
  CHECK(n.last == 100);
  CHECK(n.dropped > 50);
  CHECK(n.dropped + n.events == 100);
  CHECK(n.first == n.dropped + 1);
  event_log again{f.w.rt(), f.store, {.bytes_max = 4000}};
  f.w.block_on(again.start());
  CHECK(again.account().dropped == n.dropped);
  CHECK(again.account().events == n.events);
  CHECK(again.account().last == 100);
}

TEST_CASE("a record that is none is refused at the start, with its place") {
  sim::world w{3};
  memory_record_store store;
  (void)w.block_on(store.append(R"({"number":1,"at":"yesterday"})"));
  event_log log{w.rt(), store};
  std::string said;
  try {
    w.block_on(log.start());
  } catch (const boost::system::system_error& e) {
    said = e.what();
  }
  CHECK(said.find("a logged event cannot be read: at: expected an RFC 3339 time") !=
        std::string::npos);
}

TEST_CASE("every record truncated or with one bit flipped: refused, or still a whole event") {
  fixture f;
  const auto listening = f.log.attach(f.b, "room.>");
  (void)f.b.try_post<temperature>(20);
  f.w.run();
  const std::string good = f.store.records().front();
  const auto loads = [&](std::string text) {
    memory_record_store store;
    (void)f.w.block_on(store.append(std::move(text)));
    event_log log{f.w.rt(), store};
    try {
      f.w.block_on(log.start());
    } catch (const boost::system::system_error&) {
      return false;
    }
    return log.account().events == 1;
  };
  CHECK(loads(good));
  for (std::size_t n = 0; n < good.size(); ++n) CHECK_FALSE(loads(good.substr(0, n)));
  int accepted = 0;
  for (std::size_t i = 0; i < good.size() * 8; i += 3) {
    std::string bad = good;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    accepted += loads(std::move(bad));  // a changed digit or letter: the journal's checksum sees it
  }
  CHECK(accepted < static_cast<int>(good.size()) * 2);
}
