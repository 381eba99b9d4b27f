#include <ensue/async/errors.hpp>
#include <ensue/reliability/retry_state.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

const auto gone = std::make_exception_ptr(std::runtime_error{"gone"});
const auto wrong_input = std::make_exception_ptr(std::invalid_argument{"wrong"});
const auto stopped = std::make_exception_ptr(system_error{error_code{errc::cancelled}});

retry_policy exact(unsigned attempts) {
  return {.attempts = attempts, .jitter_min = 1, .jitter_max = 1};
}

}  // namespace

TEST_CASE("each failure brings a longer wait, until no attempt is left") {
  sim::world w;
  random_stream random{1};
  const retry_policy p = exact(4);
  retry_state s{p, w.now()};
  CHECK(s.attempt() == 1);
  CHECK(s.after(gone, w.rt(), random).wait == 200ms);
  CHECK(s.after(gone, w.rt(), random).wait == 400ms);
  const next_step last = s.after(gone, w.rt(), random);
  CHECK(last.again());
  CHECK(last.hold);
  CHECK(s.after(gone, w.rt(), random).end == retry_end::attempts);
  CHECK(s.history().size() == 4);
  CHECK(s.history()[3].number == 4);
  CHECK(s.history()[3].error == "gone");
}

TEST_CASE("a permanent failure ends it, a cancellation is not even noted") {
  sim::world w;
  random_stream random{1};
  const retry_policy p = exact(4);
  retry_state s{p, w.now()};
  CHECK(s.after(stopped, w.rt(), random).end == retry_end::cancelled);
  CHECK(s.history().empty());
  CHECK(s.failed() == 0);
  CHECK(s.after(wrong_input, w.rt(), random).end == retry_end::permanent);
  CHECK(s.history().size() == 1);
}

TEST_CASE("a long wait leaves the worker") {
  sim::world w;
  random_stream random{1};
  const retry_policy p{.base = 1s, .cap = 10s, .jitter_min = 1, .jitter_max = 1};
  retry_state s{p, w.now()};
  CHECK(s.after(gone, w.rt(), random).hold);        // 1 s
  CHECK_FALSE(s.after(gone, w.rt(), random).hold);  // 2 s
}

TEST_CASE("no attempt is begun that had to wait up to the deadline") {
  sim::world w;
  random_stream random{1};
  retry_policy p = exact(9);
  p.deadline = 600ms;
  retry_state s{p, w.now()};
  CHECK(s.after(gone, w.rt(), random).again());
  CHECK(s.after(gone, w.rt(), random).again());  // 400 ms: still before
  w.run_for(200ms);
  CHECK(s.after(gone, w.rt(), random).end == retry_end::deadline);
  retry_state restored{p, w.now(), 8};
  CHECK(restored.attempt() == 9);
  CHECK(restored.after(gone, w.rt(), random).end == retry_end::attempts);
}

TEST_CASE("an empty budget ends it") {
  sim::world w;
  random_stream random{1};
  const retry_policy p = exact(9);
  retry_budget budget{w.rt(), {.ratio = 0, .per_second = 1}};
  retry_state s{p, w.now()};
  CHECK(s.after(gone, w.rt(), random, &budget).again());
  CHECK(s.after(gone, w.rt(), random, &budget).end == retry_end::budget);
}

TEST_CASE("the history is bounded in length and in text") {
  sim::world w;
  random_stream random{1};
  const retry_policy p = exact(1000);
  retry_state s{p, w.now()};
  const auto wordy = std::make_exception_ptr(std::runtime_error{"x" + std::string(999, '\xC3')});
  const auto umlauts = [] {
    std::string t = "x";
    for (int i = 0; i < 500; ++i) t += "\xC3\xA4";
    return std::make_exception_ptr(std::runtime_error{t});
  }();
  for (int i = 0; i < 100; ++i) (void)s.after(i % 2 ? wordy : umlauts, w.rt(), random);
  CHECK(s.history().size() == retry_state::history_max);
  CHECK(s.history()[0].number == 1);
  CHECK(s.history()[0].error.size() == 511);  // the half of an ä is not kept
  CHECK(s.history()[1].number == 86);
  CHECK(s.history()[15].number == 100);
  CHECK(s.history()[15].error.size() <= failed_attempt::error_bytes_max);
}
