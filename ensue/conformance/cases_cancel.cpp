#include <ensue/async/errors.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/conformance/cases.hpp>

#include <array>
#include <utility>

/// Whoever waits may be cancelled, at any step; nothing is lost by it.
namespace ensue::conformance {
namespace {

using kind = settlement::kind;

// Lets `steps` turns of the loop pass, then cancels. True: it ended by the cancellation.
task<bool> cancel_after(stage& st, std::size_t steps, task<> work) {
  bool cancelled = false;
  co_await with_scope(st.rt(), [&](scope& s) -> task<> {
    const auto started = s.spawn("to be cancelled", std::move(work));
    for (std::size_t i = 0; i < steps; ++i) co_await yield(st.rt());
    if (started.finished()) co_return;
    started.cancel();
    co_await started.wait();
    cancelled = started.cancelled();
  });
  co_return cancelled;
}

// The delivery stays in `into` although the coroutine's value is lost with it.
task<> take_into(consumer& c, std::vector<delivery>& into) {
  auto d = co_await c.next();
  if (d) into.push_back(std::move(*d));
}

task<> publish_beside(stage& st, std::size_t n) {
  co_await yield(st.rt());
  co_await st.publish(n, n);
}

task<> cancelled_next_takes_nothing(stage& st) {
  const auto c = co_await st.join("g");
  std::vector<delivery> got;
  std::size_t n = 0;
  bool some = false;
  for (std::size_t steps = 0; steps < 12; ++steps) {
    co_await with_scope(st.rt(), [&](scope& s) -> task<> {
      s.spawn("publisher", publish_beside(st, ++n));
      some |= co_await cancel_after(st, steps, take_into(*c, got));
    });
    st.check(c->unsettled() <= got.size(), "a cancelled next took a delivery");
    for (const delivery& d : got) co_await st.settle(*c, d);
    const auto rest = co_await st.drain(*c);
    got.insert(got.end(), rest.begin(), rest.end());
    st.each_once(got, n, n);
    got.clear();
  }
  st.check(some, "no wait could be cancelled: the case shows nothing");
}

task<> publish_one(transport& at, cloud_event e, bool& accepted) {
  std::vector<cloud_event> one;
  one.push_back(std::move(e));
  const auto answers = co_await at.publish(std::move(one));
  accepted = !answers.at(0);
}

task<> cancelled_publish_is_retried(stage& st) {
  const auto c = co_await st.join("g");
  constexpr std::size_t n = 12;
  std::array<bool, n> accepted{};
  for (std::size_t steps = 0; steps < n; ++steps)
    (void)co_await cancel_after(st, steps,
                                publish_one(st.out(), st.event(steps + 1), accepted.at(steps)));
  for (std::size_t i = 0; i < n; ++i)
    if (!accepted.at(i)) co_await st.publish(i + 1, i + 1);
  const auto got = co_await st.drain(*c);
  if (st.features().dedupes) st.each_once(got, 1, n);
  for (std::size_t i = 1; i <= n; ++i) {
    std::size_t times = 0;
    for (const delivery& d : got) times += number_of(d.event) == i ? 1 : 0;
    st.check(times > 0, st.id(i) + " was accepted, and did not come");
    st.check(times <= (accepted.at(i - 1) ? 1 : 2), st.id(i) + " came too often");
  }
}

task<> settle_once(consumer& c, std::uint64_t token, kind how, bool& done) {
  settlement s{.what = how};
  const auto settled = co_await c.settle(token, std::move(s));
  done = settled.has_value();
}

task<> cancelled_settle_is_repeated(stage& st) {
  consume_options o = st.group("g");
  o.lease = st.on().lease;
  const auto c = co_await st.join(st.in(), std::move(o));
  for (std::size_t steps = 0; steps < 12; ++steps) {
    const std::size_t n = steps + 1;
    co_await st.publish(n, n);
    auto d = co_await st.take(*c, "the event");
    bool done = false;
    (void)co_await cancel_after(st, steps, settle_once(*c, d.token, kind::ack, done));
    if (!done) {  // it may have been settled: then again is accepted too
      settlement s{};
      const auto again = co_await c->settle(d.token, std::move(s));
      st.check(again.has_value() || again.error() == errc::expired,
               "settling again after a cancelled settle: " + again.error().message());
    }
    co_await st.silence(*c, "after it was settled");
  }
  st.check(c->unsettled() == 0, "nothing is out, and unsettled() is not 0");
}

task<> join_and_leave(stage& st) {
  const auto c = co_await st.join("g");
  co_await yield(st.rt());
}

task<> cancelled_join_holds_nothing(stage& st) {
  (void)co_await st.join("g");
  co_await st.publish(1, 10);
  for (std::size_t steps = 0; steps < 8; ++steps)
    (void)co_await cancel_after(st, steps, join_and_leave(st));
  consume_options o = st.group("g");
  const auto c = co_await st.join(st.in(), std::move(o));
  const auto got = co_await st.receive(*c, 10);
  st.none_lost(got, 1, 10);
}

}  // namespace

std::span<const test_case> cancel_cases() {
  static constexpr std::array all{
      test_case{"cancelled_next_takes_nothing", "", "", cancelled_next_takes_nothing},
      test_case{"cancelled_publish_is_retried", "", "", cancelled_publish_is_retried},
      test_case{"cancelled_settle_is_repeated", "redelivers", "", cancelled_settle_is_repeated},
      test_case{"cancelled_join_holds_nothing", "redelivers groups", "",
                cancelled_join_holds_nothing},
  };
  return all;
}

}  // namespace ensue::conformance
