#include <ensue/async/errors.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/conformance/cases.hpp>

#include <array>
#include <utility>

/// Opening, stopping, closing, and what is refused.
namespace ensue::conformance {
namespace {

task<> opening_tells(stage& st) {
  const auto t = st.on().make(st.space());
  std::vector<transport_state> seen;
  t->on_state([&](transport_state s) { seen.push_back(s); });
  st.check(t->state() == transport_state::connecting, "is not `connecting` before it is opened");
  const auto given = co_await t->open();
  st.need(given.has_value(), given ? "" : "open: " + given.error().text());
  st.check(t->state() == transport_state::ready || t->state() == transport_state::degraded,
           "is neither ready nor degraded after it was opened");
  st.check(!seen.empty() && seen.back() == t->state(), "the listener was not told of the state");
  st.check(t->state() == transport_state::ready || !t->why().empty(),
           "degraded, and why() is empty");
  st.check(given->accepted == survival::power || !given->obstacle.empty(),
           "promises less than survival::power, and does not say what stands against it");
  st.check(!t->features().name.empty(), "its features have no name");
  st.check(t->url().find(':') != std::string::npos, "url() is no URL");
  const auto closed = co_await t->close(st.on().patience);
  st.check(closed.has_value(), "close failed");
  st.check(
      t->state() == transport_state::down && !seen.empty() && seen.back() == transport_state::down,
      "is not down after close, or the listener was not told");
}

task<> no_password_in_url(stage& st) {
  const std::string& url = st.in().url();
  const std::size_t at = url.find('@');
  const std::size_t host = url.find("//");
  st.check(at == std::string::npos || host == std::string::npos ||
               url.substr(host + 2, at - host - 2).find(':') == std::string::npos,
           "url() shows a password");
  co_return;
}

task<> closed_is_closed(stage& st) {
  transport* const t = co_await st.open();
  consume_options o = st.group("g");
  const auto c = co_await st.join(*t, o);
  for (int i = 0; i < 2; ++i) {
    const auto closed = co_await t->close(st.on().patience);
    st.check(closed.has_value(), "close failed");
  }
  std::vector<cloud_event> one{st.event(1)};
  const auto answers = co_await t->publish(std::move(one));
  st.check(answers.size() == 1 && answers[0] == errc::closed,
           "publish after close was not errc::closed");
  const auto joined = co_await t->consume(std::move(o));
  st.check(joined.has_error() && joined.error().code == errc::closed,
           "consume after close was not errc::closed");
  const auto next = co_await c->next();
  st.check(next.has_error() && next.error().code == errc::closed,
           "next after close was not errc::closed");
}

task<error_code> wait_for_the_end(consumer& c) {
  const auto d = co_await c.next();
  co_return d ? error_code{} : d.error().code;
}

task<> stop_ends_the_wait(stage& st) {
  const auto c = co_await st.join("g");
  co_await with_scope(st.rt(), [&](scope& s) -> task<> {
    const auto waiting = s.spawn("next", wait_for_the_end(*c));
    for (int i = 0; i < 10; ++i) co_await yield(st.rt());
    st.check(!waiting.finished(), "next came back although nothing was published");
    c->stop();
    co_await st.until([&] { return waiting.finished(); }, "the end of `next` after stop");
    st.check(waiting.get() == errc::closed, "a waiting next was not errc::closed after stop");
  });
  const auto after = co_await wait_for_the_end(*c);
  st.check(after == errc::closed, "next after stop was not errc::closed");
}

task<> stop_gives_back(stage& st) {
  consume_options o = st.group("g");
  o.lease = st.on().lease;
  const auto first = co_await st.join(st.in(), o);
  co_await st.publish(1, 50);
  const auto some = co_await st.receive(*first, 10);
  const auto out = co_await st.take(*first, "one more");
  first->stop();
  co_await st.settle(*first, out);
  const auto second = co_await st.join(st.in(), std::move(o));
  auto got = co_await st.receive(*second, 39);
  got.insert(got.end(), some.begin(), some.end());
  got.push_back(out);
  st.none_lost(got, 1, 50);
  st.check(got.size() == 50, "something came twice");
}

task<> open_and_close(stage& st, std::string group) {
  transport* const t = co_await st.open();
  consume_options o = st.group(std::move(group));
  auto c = co_await st.join(*t, std::move(o));
  co_await yield(st.rt());
  const auto closed = co_await t->close(st.on().patience);
  st.check(closed.has_value(), "close failed");
}

task<> many_close_at_once(stage& st) {
  {
    scope s{st.rt()};
    for (int i = 0; i < 10; ++i) s.spawn("member", open_and_close(st, "g" + std::to_string(i % 3)));
    co_await s.join();
  }
  const auto c = co_await st.join("after");
  co_await st.publish(1, 50);
  const auto got = co_await st.receive(*c, 50);
  st.each_once(got, 1, 50);
}

task<> publish_all(stage& st, transport& at, std::size_t n, std::vector<std::size_t>& accepted) {
  for (std::size_t i = 1; i <= n; ++i) {
    std::vector<cloud_event> one{st.event(i)};
    const auto answers = co_await at.publish(std::move(one));
    st.need(answers.size() == 1, "publish: not one answer for one event");
    if (!answers[0])
      accepted.push_back(i);
    else if (answers[0] != errc::outcome_unknown)
      st.check(answers[0] == errc::closed || answers[0] == errc::unavailable,
               "publish beside close: " + answers[0].message());
    co_await sleep_for(st.rt(), std::chrono::milliseconds{1});
  }
}

task<> close_beside_publish(stage& st) {
  const auto c = co_await st.join("g");
  transport* const t = co_await st.open();
  std::vector<std::size_t> accepted;
  co_await with_scope(st.rt(), [&](scope& s) -> task<> {
    s.spawn("publisher", publish_all(st, *t, 40, accepted));
    co_await st.until([&] { return accepted.size() >= 5; }, "the first five events");
    const auto closed = co_await t->close(st.on().patience);
    st.check(closed.has_value(), "close beside publish failed");
  });
  const auto got = co_await st.drain(*c);
  for (const std::size_t n : accepted) {
    bool there = false;
    for (const delivery& d : got) there |= number_of(d.event) == n;
    st.check(there, st.id(n) + " was accepted beside close, and did not come");
  }
}

task<> nonsense_is_refused(stage& st) {
  const std::array<consume_options, 4> wrong{
      consume_options{}, consume_options{.group = "g", .prefetch = 0},
      consume_options{.group = "g", .lease = duration::zero()},
      consume_options{.group = "g", .types = {"a..b"}}};
  for (const consume_options& o : wrong) {
    const auto joined = co_await st.in().consume(o);
    st.check(joined.has_error() && joined.error().code == errc::invalid,
             "wrong options of a consumer were not errc::invalid");
    st.check(joined.has_value() || !joined.error().text().empty(), "and no reason is given");
  }
}

task<> nothing_is_published(stage& st) {
  std::vector<cloud_event> none;
  const auto answers = co_await st.out().publish(std::move(none));
  st.check(answers.empty(), "an answer for no event");
}

// T-00: who asks for more than the server is set up for is refused, and told what to change.
task<> misconfigured_is_refused(stage& st) {
  for (const misconfiguration& each : st.on().misconfigurations) {
    const auto t = each.make();
    const auto given = co_await open_with(*t, each.asked, each.replicated);
    if (!st.check(given.has_error(), each.name + ": was not refused")) continue;
    st.check(given.error().text().find(each.says) != std::string::npos,
             each.name + ": the refusal does not say `" + each.says + "`: " + given.error().text());
  }
}

}  // namespace

std::span<const test_case> lifecycle_cases() {
  static constexpr std::array all{
      test_case{"opening_tells", "", "", opening_tells},
      test_case{"no_password_in_url", "", "", no_password_in_url},
      test_case{"closed_is_closed", "", "in-memory/TestPublishSubscribe_flush_output_channel",
                closed_is_closed},
      test_case{"stop_ends_the_wait", "", "pubsub/TestPublishSubscribe", stop_ends_the_wait},
      test_case{"stop_gives_back", "redelivers groups",
                "in-memory/TestPublishSubscribe_flush_output_channel", stop_gives_back},
      test_case{"many_close_at_once", "", "pubsub/TestConcurrentClose", many_close_at_once},
      test_case{"close_beside_publish", "", "in-memory/TestPublish_race_condition_when_closing",
                close_beside_publish},
      test_case{"nonsense_is_refused", "", "", nonsense_is_refused},
      test_case{"nothing_is_published", "", "", nothing_is_published},
      test_case{"misconfigured_is_refused", "misconfigurations", "", misconfigured_is_refused},
  };
  return all;
}

}  // namespace ensue::conformance
