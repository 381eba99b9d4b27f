#include <ensue/base/random.hpp>
#include <ensue/transport/delivery_lanes.hpp>

#include <doctest/doctest.h>

#include <map>
#include <set>
#include <string>

namespace ensue {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{100s};

delivery_lanes::arrival event(std::uint64_t n, std::string key = "") {
  cloud_event e{.id = std::to_string(n), .source = "s", .type = "t"};
  if (!key.empty()) e.set_extension("partitionkey", std::move(key));
  return {.event = std::move(e), .position = std::to_string(n), .handle = n};
}

std::string take(delivery_lanes& lanes, std::uint64_t& token, time_point now = start) {
  const auto d = lanes.take(now);
  if (!d) return "";
  token = d->token;
  return d->event.id;
}

TEST_CASE("lanes: beside each other without a key, one after the other within one") {
  delivery_lanes lanes{{.prefetch = 10, .lease = 30s}};
  for (std::uint64_t n = 1; n <= 2; ++n) lanes.arrive(event(n, "a"));
  lanes.arrive(event(3, "b"));
  lanes.arrive(event(4));
  lanes.arrive(event(5));
  std::uint64_t first = 0;
  std::uint64_t other = 0;
  CHECK(take(lanes, first) == "1");
  CHECK(take(lanes, other) == "3");
  CHECK(take(lanes, other) == "4");
  CHECK(take(lanes, other) == "5");
  CHECK(take(lanes, other).empty());
  CHECK(lanes.room() == 5);

  const auto told = lanes.settle(first, settlement::kind::ack, start);
  REQUIRE(told.has_value());
  CHECK((*told)->handle == 1);
  CHECK(take(lanes, other).empty());  // the server does not know yet
  lanes.settled(first);
  CHECK(take(lanes, other) == "2");
  CHECK(lanes.room() == 6);
}

TEST_CASE("lanes: a second settlement") {
  delivery_lanes lanes{{.prefetch = 10, .lease = 30s}};
  lanes.arrive(event(1));
  std::uint64_t t = 0;
  take(lanes, t);
  CHECK(lanes.settle(t + 1, settlement::kind::ack, start).error() == errc::not_found);
  CHECK(lanes.settle(t, settlement::kind::ack, start).has_value());
  CHECK(lanes.settle(t, settlement::kind::ack, start).error() == errc::empty);
  CHECK(lanes.settle(t, settlement::kind::dead, start).error() == errc::exists);
  lanes.settled(t);
  CHECK(lanes.settle(t, settlement::kind::ack, start).error() == errc::empty);
  CHECK(lanes.settle(t, settlement::kind::retry_later, start).error() == errc::exists);
}

TEST_CASE("lanes: when the server could not be told it can be settled again") {
  delivery_lanes lanes{{.prefetch = 10, .lease = 30s}};
  lanes.arrive(event(1));
  std::uint64_t t = 0;
  take(lanes, t);
  CHECK(lanes.settle(t, settlement::kind::ack, start).has_value());
  lanes.not_settled(t);
  CHECK(lanes.settle(t, settlement::kind::dead, start).has_value());
}

TEST_CASE("lanes: a lease that is over fences, an extended one does not") {
  delivery_lanes lanes{{.prefetch = 10, .lease = 30s}};
  lanes.arrive(event(1, "a"));
  lanes.arrive(event(2, "a"));
  std::uint64_t t = 0;
  take(lanes, t);
  CHECK(lanes.next_overdue() == start + 30s);
  CHECK(lanes.extend(t, start + 29s).has_value());
  CHECK(lanes.overdue(start + 30s).empty());
  CHECK(lanes.overdue(start + 59s) == std::vector{t});
  CHECK(lanes.settle(t, settlement::kind::ack, start + 59s).error() == errc::expired);
  CHECK(lanes.extend(t, start + 59s).error() == errc::expired);

  SUBCASE("somebody else will have it") {
    CHECK(lanes.fence(t).handle == 1);
    std::uint64_t next = 0;
    CHECK(take(lanes, next) == "2");
  }
  SUBCASE("it comes again from here, before what follows it") {
    lanes.requeue(t, start + 59s);
    const auto again = lanes.take(start + 59s);
    REQUIRE(again);
    CHECK(again->event.id == "1");
    CHECK(again->attempt == 2);
    CHECK(again->maybe_again);
    CHECK_FALSE(lanes.take(start + 59s));
  }
  CHECK(lanes.settle(t, settlement::kind::ack, start + 59s).error() == errc::expired);
}

TEST_CASE("lanes: a retry keeps its key shut, and no other") {
  delivery_lanes lanes{{.prefetch = 10, .lease = 30s}};
  lanes.arrive(event(1, "a"));
  lanes.arrive(event(2, "a"));
  lanes.arrive(event(3, "b"));
  std::uint64_t t = 0;
  take(lanes, t);
  CHECK(lanes.settle(t, settlement::kind::retry_later, start).has_value());
  lanes.retry_here(t, start + 5s);
  std::uint64_t other = 0;
  CHECK(take(lanes, other, start) == "3");
  CHECK(take(lanes, other, start).empty());
  CHECK(lanes.next_due() == start + 5s);
  CHECK(take(lanes, t, start + 5s) == "1");
  CHECK(lanes.settle(t, settlement::kind::ack, start + 5s).has_value());
  lanes.settled(t);
  CHECK(take(lanes, other, start + 5s) == "2");
}

TEST_CASE("lanes: what was not given out goes back in order, what is out stays") {
  delivery_lanes lanes{{.prefetch = 10, .lease = 30s}};
  for (std::uint64_t n = 1; n <= 5; ++n) lanes.arrive(event(n, n % 2 ? "a" : "b"));
  std::uint64_t t = 0;
  take(lanes, t);
  const auto back = lanes.take_waiting();
  REQUIRE(back.size() == 4);
  for (std::size_t i = 0; i < 4; ++i) CHECK(back[i].handle == i + 2);
  CHECK(lanes.size() == 1);
  lanes.arrive(event(3, "a"));
  std::uint64_t other = 0;
  CHECK(take(lanes, other).empty());  // 1 is out still
  CHECK(lanes.settle(t, settlement::kind::ack, start).has_value());
  lanes.settled(t);
  CHECK(take(lanes, other) == "3");
}

TEST_CASE("lanes: after a lost connection everything is fenced") {
  delivery_lanes lanes{{.prefetch = 10, .lease = 30s}};
  lanes.arrive(event(1, "a"));
  lanes.arrive(event(2, "a"));
  std::uint64_t t = 0;
  take(lanes, t);
  CHECK(lanes.settle(t, settlement::kind::ack, start).has_value());
  lanes.forget_all();
  lanes.settled(t);  // the answer came too late
  CHECK(lanes.settle(t, settlement::kind::ack, start).error() == errc::expired);
  CHECK(lanes.room() == 10);
  lanes.arrive(event(1, "a"));
  CHECK(take(lanes, t) == "1");
}

TEST_CASE("lanes: any order of steps keeps the order of each key and loses nothing") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    random_stream random{seed};
    delivery_lanes lanes{{.prefetch = 16, .lease = 30s}};
    std::map<std::string, std::uint64_t> done;
    std::map<std::uint64_t, std::pair<std::string, std::uint64_t>> out;
    std::set<std::string> busy;
    std::uint64_t next = 0;
    std::size_t acked = 0;
    time_point now = start;
    while (acked < 200) {
      now += std::chrono::seconds(random.below(5));
      while (next < 200 && lanes.room() > 0 && random.chance(700)) {
        ++next;
        lanes.arrive(event(next, "k" + std::to_string(random.below(4))));
      }
      for (const std::uint64_t t : lanes.overdue(now)) {
        lanes.requeue(t, now);
        busy.erase(out[t].first);
        out.erase(t);
      }
      if (auto d = lanes.take(now)) {
        const std::string key{*d->event.extension("partitionkey")};
        REQUIRE(busy.insert(key).second);
        const std::uint64_t n = std::stoull(d->event.id);
        REQUIRE(n > done[key]);
        out[d->token] = {key, n};
      }
      if (out.empty() || random.chance(300)) continue;
      const std::uint64_t t = out.begin()->first;
      const bool good = random.chance(700);
      REQUIRE(lanes.settle(t, good ? settlement::kind::ack : settlement::kind::retry_later, now));
      busy.erase(out[t].first);
      if (good) {
        lanes.settled(t);
        done[out[t].first] = out[t].second;
        ++acked;
      } else {
        lanes.retry_here(t, now + std::chrono::seconds(random.below(9)));
      }
      out.erase(t);
    }
    REQUIRE(lanes.size() == 0);
    REQUIRE(lanes.room() == 16);
  }
}

TEST_CASE("watermark: only a prefix without gaps") {
  watermark mark;
  for (std::uint64_t p = 10; p < 15; ++p) mark.begin(p);
  CHECK_FALSE(mark.advance());
  mark.settle(11);
  mark.settle(12);
  CHECK_FALSE(mark.advance());
  mark.settle(10);
  CHECK(mark.advance() == 12);
  CHECK_FALSE(mark.advance());
  mark.settle(12);  // again
  mark.settle(14);
  CHECK_FALSE(mark.advance());
  CHECK(mark.open() == 2);
  mark.settle(13);
  CHECK(mark.advance() == 14);
}

}  // namespace
}  // namespace ensue
