#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/conformance/cases.hpp>

#include <array>
#include <set>
#include <utility>

/// The server goes away and comes back; the transport connects again by itself.
namespace ensue::conformance {
namespace {

// Publishes one event until it is accepted: what may be retried is, with the same id.
task<> publish_surely(stage& st, std::size_t n, std::size_t& accepted) {
  const time_point last = saturating_add(st.rt().now(), st.on().case_limit);
  for (;;) {
    std::vector<cloud_event> one{st.event(n)};
    const auto answers = co_await st.out().publish(std::move(one));
    st.need(answers.size() == 1, "publish: not one answer for one event");
    if (!answers[0]) break;
    st.need(retryable(answers[0]) || answers[0] == errc::outcome_unknown,
            "publish while the server is away: " + answers[0].message());
    st.need(st.rt().now() < last, st.id(n) + " was not accepted any more");
    co_await sleep_for(st.rt(), std::chrono::milliseconds{20});
  }
  ++accepted;
}

task<> publisher(stage& st, std::size_t first, std::size_t step, std::size_t last,
                 std::size_t& accepted) {
  for (std::size_t n = first; n <= last; n += step) co_await publish_surely(st, n, accepted);
}

task<> outages(stage& st, std::size_t n, const std::size_t& accepted, bool kill) {
  for (const std::size_t at : {n / 3, n / 2}) {
    while (accepted < at) co_await sleep_for(st.rt(), std::chrono::milliseconds{1});
    if (kill)
      co_await st.on().kill_server();
    else
      co_await st.on().restart_server();
  }
}

task<> consume_until(stage& st, consumer& c, std::size_t n, std::vector<delivery>& got) {
  std::set<std::size_t> seen;
  while (seen.size() < n) {
    auto d = co_await st.next(c, st.on().patience * 2);
    if (!d) break;
    seen.insert(number_of(d->event));
    settlement s{};
    (void)co_await c.settle(d->token, std::move(s));  // refused: it comes again
    got.push_back(std::move(*d));
  }
}

task<> survives_outages(stage& st, bool kill) {
  const std::size_t n = st.scaled(600);
  consume_options o = st.group("g");
  o.lease = st.on().lease;
  const auto c = co_await st.join(st.in(), std::move(o));
  std::size_t accepted = 0;
  std::vector<delivery> got;
  {
    scope s{st.rt()};
    for (std::size_t p = 1; p <= 10; ++p) s.spawn("publisher", publisher(st, p, 10, n, accepted));
    s.spawn("outages", outages(st, n, accepted, kill));
    s.spawn("consumer", consume_until(st, *c, n, got));
    co_await s.join();
  }
  std::set<std::size_t> seen;
  for (const delivery& d : got) seen.insert(number_of(d.event));
  st.check(accepted == n, "not all were accepted in the end");
  st.check(seen.size() == n, std::to_string(n - seen.size()) + " of " + std::to_string(n) +
                                 " accepted events were lost");
}

task<> restart_loses_nothing(stage& st) { return survives_outages(st, false); }
task<> kill_loses_nothing(stage& st) { return survives_outages(st, true); }

task<> waiting_consumer_wakes_again(stage& st) {
  const auto c = co_await st.join("g");
  std::vector<transport_state> seen;
  st.in().on_state([&](transport_state s) { seen.push_back(s); });
  std::vector<delivery> got;
  std::size_t accepted = 0;
  co_await with_scope(st.rt(), [&](scope& s) -> task<> {
    s.spawn("consumer", consume_until(st, *c, 1, got));
    co_await st.on().restart_server();
    co_await publish_surely(st, 1, accepted);
  });
  st.in().on_state({});
  st.check(!got.empty(), "a consumer that waited through a restart stayed silent");
  st.check(!seen.empty() && seen.back() != transport_state::down,
           "the listener was not told of the restart");
  st.check(
      st.in().state() == transport_state::ready || st.in().state() == transport_state::degraded,
      "is neither ready nor degraded after a restart");
}

task<> settled_stays_settled(stage& st) {
  (void)co_await st.join("g");
  co_await st.publish(1, 20);
  auto c = co_await st.join("g");
  const auto got = co_await st.receive(*c, 10);
  c.reset();
  co_await st.on().restart_server();
  consume_options o = st.group("g");
  o.lease = st.on().lease;
  c = co_await st.join(st.in(), std::move(o));
  const auto rest = co_await st.receive(*c, 10);
  auto both = got;
  both.insert(both.end(), rest.begin(), rest.end());
  st.none_lost(both, 1, 20);
  st.check(both.size() == 20, "what was settled before a restart came after it");
}

}  // namespace

std::span<const test_case> outage_cases() {
  static constexpr std::array all{
      test_case{"restart_loses_nothing", "redelivers groups restart_server", "pubsub/TestReconnect",
                restart_loses_nothing},
      test_case{"kill_loses_nothing", "redelivers groups kill_server", "pubsub/TestReconnect",
                kill_loses_nothing},
      test_case{"waiting_consumer_wakes_again", "restart_server", "", waiting_consumer_wakes_again},
      test_case{"settled_stays_settled", "redelivers groups restart_server", "",
                settled_stays_settled},
  };
  return all;
}

}  // namespace ensue::conformance
