#include <ensue/async/sleep.hpp>
#include <ensue/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

task<> wait_a_while(service& s, duration d) { co_await sleep_for(s.rt(), d); }

std::string broken_name(simulation& w) {
  try {
    w.run();
  } catch (const broken_promise& e) {
    return e.name() + ": " + e.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a run that keeps its promises ends well, and its coroutines are gone") {
  bool done = false;
  simulation w{{.seed = 1}};
  w.client("c", [&](service& s) -> task<> {
    co_await sleep_for(s.rt(), 1s);
    done = true;
  });
  w.always("true", [] { return true; });
  w.eventually("done", 5s, [&] { return done; });
  CHECK(w.unfinished());
  w.run();
  CHECK(done);
  CHECK_FALSE(w.unfinished());
}

TEST_CASE("what must always hold is asked after every step and ends the run by name") {
  simulation w{{.seed = 1}};
  int ticks = 0;
  w.client("c", [&](service& s) -> task<> {
    for (;;) {
      co_await sleep_for(s.rt(), 1s);
      ++ticks;
    }
  });
  w.always("at most two ticks", [&] { return ticks <= 2 ? "" : std::string{"there were 3"}; });
  const std::string why = broken_name(w);
  CHECK(why.starts_with("at most two ticks: always \"at most two ticks\" does not hold: there"));
  CHECK(ticks == 3);
}

TEST_CASE("a promise that does not come true in time, a client that does not end: by name") {
  simulation late{{.seed = 1}};
  late.client("c", [](service& s) { return wait_a_while(s, 1s); });
  late.eventually("never", 10s, [] { return false; });
  CHECK(broken_name(late).starts_with("never: eventually"));
  simulation hangs{{.seed = 1}};
  hangs.client("c", [](service& s) { return wait_a_while(s, 2h); });
  CHECK(broken_name(hangs).starts_with("every client ends:"));
  simulation required{{.seed = 1}};
  CHECK_THROWS_AS(required.require(false, "a thing"), broken_promise);
  CHECK_NOTHROW(required.require(true, "a thing"));
}

TEST_CASE("sizes are drawn from the seed, within their bounds, and given by a replay") {
  simulation a{{.seed = 4}}, b{{.seed = 4}};
  const auto n = a.size("orders", 2, 9);
  CHECK(n == b.size("orders", 2, 9));
  CHECK((n >= 2 && n <= 9));
  simulation c{{.seed = 4, .edits = run_edits{.sizes = {{"orders", 1}}}}};
  CHECK(c.size("orders", 2, 9) == 2);
  CHECK(a.text().find("orders=" + std::to_string(n)) != std::string::npos);
}

TEST_CASE("an error in a task is the end of the run") {
  simulation w{{.seed = 1}};
  w.client("c", [](service&) -> task<> {
    throw std::runtime_error{"out of stock"};
    co_return;
  });
  CHECK_THROWS_WITH(w.run(), "out of stock");
}
