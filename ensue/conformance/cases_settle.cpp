#include <ensue/async/scope.hpp>
#include <ensue/conformance/cases.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

/// What settling does: to one delivery, to a batch, to its key, and to nobody else.
namespace ensue::conformance {
namespace {

using kind = settlement::kind;

task<error_code> settle_as(consumer& c, std::uint64_t token, kind how) {
  settlement s{.what = how};
  const auto done = co_await c.settle(token, std::move(s));
  co_return done ? error_code{} : done.error();
}

task<> ack_is_final(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 1);
  const auto d = co_await st.take(*c, "the event");
  st.check(c->unsettled() == 1, "one delivery is out, and unsettled() is not 1");
  co_await st.settle(*c, d);
  st.check(c->unsettled() == 0, "nothing is out, and unsettled() is not 0");
  const auto again = co_await settle_as(*c, d.token, kind::ack);
  st.check(!again, "a second ack was not accepted: " + again.message());
  co_await st.silence(*c, "after it was acknowledged");
}

task<> ack_excludes_the_rest(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 1);
  const auto d = co_await st.take(*c, "the event");
  co_await st.settle(*c, d);
  const auto retry = co_await settle_as(*c, d.token, kind::retry_later);
  st.check(retry == errc::exists, "retry_later after ack was not errc::exists");
  const auto dead = co_await settle_as(*c, d.token, kind::dead);
  st.check(dead == errc::exists, "dead after ack was not errc::exists");
  co_await st.silence(*c, "after it was acknowledged");
}

task<> retry_excludes_ack(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 1);
  const auto d = co_await st.take(*c, "the event");
  co_await st.settle(*c, d, kind::retry_later);
  const auto again = co_await settle_as(*c, d.token, kind::retry_later);
  st.check(!again, "a second retry_later was not accepted: " + again.message());
  const auto ack = co_await settle_as(*c, d.token, kind::ack);
  st.check(ack == errc::exists || ack == errc::expired, "ack after retry_later was not refused");
  const auto second = co_await st.take(*c, "the event that is to be retried");
  co_await st.settle(*c, second);
}

task<> unknown_token(stage& st) {
  const auto c = co_await st.join("g");
  const auto settled = co_await settle_as(*c, 1'000'000'007, kind::ack);
  st.check(settled == errc::not_found, "a token that was never given out was not errc::not_found");
}

task<> retried_and_marked(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 1);
  for (unsigned attempt = 1; attempt <= 4; ++attempt) {
    const auto d = co_await st.take(*c, "attempt " + std::to_string(attempt));
    st.check(d.attempt == attempt,
             "attempt " + std::to_string(attempt) + " calls itself " + std::to_string(d.attempt));
    st.check(d.event == st.event(1), "a retried event is not as it was published");
    co_await st.settle(*c, d, attempt < 4 ? kind::retry_later : kind::ack);
  }
  co_await st.silence(*c, "after it was acknowledged");
}

task<> resend_on_error(stage& st) {
  const auto c = co_await st.join("g");
  const std::size_t n = st.scaled(100);
  co_await st.publish(1, n);
  for (int i = 0; i < 2; ++i) {
    const auto d = co_await st.take(*c, "one of the first two");
    co_await st.settle(*c, d, kind::retry_later);
  }
  const auto got = co_await st.receive(*c, n);
  st.none_lost(got, 1, n);
}

task<> refuse_many(stage& st, std::string member, std::size_t n) {
  consume_options o = st.group("g");
  o.member = std::move(member);
  o.lease = st.on().lease;
  const auto c = co_await st.join(st.in(), std::move(o));
  for (std::size_t i = 0; i < n; ++i) {
    const auto d = co_await st.take(*c, "something to refuse");
    co_await st.settle(*c, d, kind::retry_later);
  }
}

task<> continue_after_errors(stage& st) {
  (void)co_await st.join("g");  // the group is there from now on
  co_await st.publish(1, 50);
  for (int i = 0; i < 3; ++i) {
    std::string member = "m" + std::to_string(i);
    co_await refuse_many(st, std::move(member), st.scaled(100));
  }
  const auto fourth = co_await st.join("g");
  const auto got = co_await st.receive(*fourth, 50);
  st.none_lost(got, 1, 50);
}

task<> batch_settlement(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 20);
  std::vector<delivery> batch;
  for (int i = 0; i < 20; ++i) {
    auto d = co_await st.take(*c, "one of a batch");
    batch.push_back(std::move(d));
  }
  for (const delivery& d : batch)
    co_await st.settle(*c, d, number_of(d.event) % 4 == 0 ? kind::retry_later : kind::ack);
  const auto again = co_await st.drain(*c);
  std::set<std::size_t> numbers;
  for (const delivery& d : again) numbers.insert(number_of(d.event));
  st.check(numbers == std::set<std::size_t>{4, 8, 12, 16, 20} && again.size() == 5,
           "5 of a batch of 20 were put off, and " + std::to_string(again.size()) + " came again");
}

task<> retry_is_not_early(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 1);
  const auto d = co_await st.take(*c, "the event");
  const duration wait = st.on().quiet * 2;
  const time_point began = st.rt().now();
  co_await st.settle(*c, d, kind::retry_later, wait);
  const auto again = co_await st.take(*c, "an event that was put off");
  st.check(st.rt().now() - began >= wait, "came again before its wait was over");
  co_await st.settle(*c, again);
}

task<> retry_shuts_its_key(stage& st) {
  const auto c = co_await st.join("g");
  std::vector<cloud_event> events{st.event(1, "a"), st.event(2, "a"), st.event(3, "b")};
  co_await st.publish(st.out(), std::move(events));
  auto first = co_await st.take(*c, "the first of two keys");
  auto other = co_await st.take(*c, "the second of two keys");
  if (number_of(first.event) != 1) std::swap(first, other);
  st.check(number_of(first.event) == 1 && number_of(other.event) == 3,
           "of two keys not the first of each came");
  const duration wait = st.on().quiet * 2;
  const time_point began = st.rt().now();
  co_await st.settle(*c, first, kind::retry_later, wait);
  co_await st.settle(*c, other);
  const auto again = co_await st.take(*c, "the event that was put off");
  st.check(number_of(again.event) == 1, "a later event of the key came before the one put off");
  st.check(st.rt().now() - began >= wait, "the key was opened before the wait was over");
  co_await st.settle(*c, again);
  const auto last = co_await st.take(*c, "the event behind the one that was put off");
  st.check(number_of(last.event) == 2, "the event behind it is not the one that was published");
  co_await st.settle(*c, last);
}

task<> unacknowledged_key_blocks(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 2, 1);
  const auto first = co_await st.take(*c, "the first of a key");
  st.check(number_of(first.event) == 1, "the second of a key came first");
  co_await st.silence(*c, "while the one before it in its key was not settled");
  co_await st.settle(*c, first);
  const auto second = co_await st.take(*c, "the second of a key");
  st.check(number_of(second.event) == 2, "the first of a key came again");
  co_await st.settle(*c, second);
}

task<> prefetch_is_a_bound(stage& st) {
  consume_options o = st.group("g");
  o.prefetch = 3;
  const auto c = co_await st.join(st.in(), std::move(o));
  co_await st.publish(1, 3);
  std::vector<delivery> got;
  for (int i = 0; i < 3; ++i) {
    auto d = co_await st.take(*c, "an event within the prefetch");
    got.push_back(std::move(d));
  }
  st.check(c->unsettled() == 3, "three are out, and unsettled() is not 3");
  if (st.features().redelivers) {
    co_await st.publish(4, 8);
    co_await st.silence(*c, "although as many as `prefetch` were out");
    co_await st.settle(*c, got[0]);
    const auto next = co_await st.take(*c, "an event after one was settled");
    co_await st.silence(*c, "although as many as `prefetch` were out again");
    co_await st.settle(*c, next);
  }
  for (std::size_t i = st.features().redelivers ? 1 : 0; i < 3; ++i) co_await st.settle(*c, got[i]);
  const auto rest = co_await st.drain(*c);
  st.check(rest.size() == (st.features().redelivers ? 4 : 0), "not all came in the end");
}

task<> dead_is_final(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 2, 1);
  const auto d = co_await st.take(*c, "the first of a key");
  co_await st.settle(*c, d, kind::dead);
  const auto again = co_await settle_as(*c, d.token, kind::dead);
  st.check(!again, "giving up twice was not accepted: " + again.message());
  const auto behind = co_await st.take(*c, "the event behind a dead one");
  st.check(number_of(behind.event) == 2, "what was given up came again");
  co_await st.settle(*c, behind);
  co_await st.silence(*c, "although one was given up and one acknowledged");
}

task<> dead_are_listed(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 3);
  for (int i = 0; i < 3; ++i) {
    const auto d = co_await st.take(*c, "the event");
    co_await st.settle(*c, d, number_of(d.event) == 2 ? kind::dead : kind::ack);
  }
  const auto dead = co_await st.on().list_dead(st.space(), "g");
  st.need(dead.size() == 1,
          "one was given up, and the list of the dead has " + std::to_string(dead.size()));
  st.check(dead[0].id == st.id(2), "the dead one is another one: " + dead[0].id);
  st.check(dead[0].reason == "the case gives it up", "its reason is lost: " + dead[0].reason);
}

// Watermill's requeuer: what was given up is published again later, under a name of its own.
task<> requeue(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 10);
  std::vector<cloud_event> poison;
  for (int i = 0; i < 10; ++i) {
    const auto d = co_await st.take(*c, "the event");
    const bool bad = number_of(d.event) % 2 == 0;
    if (bad) poison.push_back(d.event);
    co_await st.settle(*c, d, bad ? kind::dead : kind::ack);
  }
  st.check(poison.size() == 5, "not five of ten were given up");
  for (cloud_event& e : poison) e.id = st.id(number_of(e) + 10);
  co_await st.publish(st.out(), std::move(poison));
  const auto got = co_await st.receive(*c, 5);
  std::set<std::size_t> numbers;
  for (const delivery& d : got) numbers.insert(number_of(d.event));
  st.check(numbers == std::set<std::size_t>{12, 14, 16, 18, 20}, "not all five came back");
}

task<> slow_group_is_alone(stage& st) {
  consume_options o = st.group("slow");
  o.prefetch = 1;
  const auto slow = co_await st.join(st.in(), std::move(o));
  const auto fast = co_await st.join("fast");
  const std::size_t n = st.scaled(200);
  co_await st.publish(1, 1);
  const auto stuck = co_await st.take(*slow, "the first event in the slow group");
  co_await st.publish(2, n);
  const auto got = co_await st.receive(*fast, n);
  st.each_once(got, 1, n);
}

task<> poison_holds_only_its_key(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 80, 8);
  std::map<std::size_t, std::size_t> handled;
  unsigned refused = 0;
  while (handled.size() < 70) {
    const auto d = co_await st.take(*c, "an event of a good key");
    const std::size_t n = number_of(d.event);
    const bool poison = n % 8 == 0;
    if (poison) st.check(n == 8, "a key went on behind an event that always fails");
    if (poison) ++refused;
    if (!poison) ++handled[n];
    co_await st.settle(*c, d, poison ? kind::retry_later : kind::ack, st.on().quiet / 10);
  }
  st.check(refused > 0, "the poison event never came");
  st.check(std::all_of(handled.begin(), handled.end(), [](const auto& h) { return h.second == 1; }),
           "an event of a good key came twice");
}

task<> nothing_comes_again(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 2);
  const auto first = co_await st.take(*c, "the event");
  const auto second = co_await st.take(*c, "the event");
  co_await st.settle(*c, first, kind::retry_later);
  co_await st.settle(*c, second, kind::dead);
  co_await st.silence(*c, "although nothing is redelivered; set the flag redelivers");
}

}  // namespace

std::span<const test_case> settle_cases() {
  static constexpr std::array all{
      test_case{"ack_is_final", "", "message/TestMessage_Ack message/TestMessage_Ack_idempotent",
                ack_is_final},
      test_case{"ack_excludes_the_rest", "redelivers", "message/TestMessage_Nack_already_Ack",
                ack_excludes_the_rest},
      test_case{"retry_excludes_ack", "redelivers",
                "message/TestMessage_Nack message/TestMessage_Ack_already_Nack",
                retry_excludes_ack},
      test_case{"unknown_token", "redelivers", "", unknown_token},
      test_case{"retried_and_marked", "redelivers", "router/TestRouter_functional_nack",
                retried_and_marked},
      test_case{"resend_on_error", "redelivers", "", resend_on_error},
      test_case{"continue_after_errors", "redelivers groups", "pubsub/TestContinueAfterErrors",
                continue_after_errors},
      test_case{"batch_settlement", "redelivers", "", batch_settlement},
      test_case{"retry_is_not_early", "redelivers", "", retry_is_not_early},
      test_case{"retry_shuts_its_key", "redelivers", "", retry_shuts_its_key},
      test_case{"unacknowledged_key_blocks", "redelivers", "", unacknowledged_key_blocks},
      test_case{"prefetch_is_a_bound", "", "", prefetch_is_a_bound},
      test_case{"dead_is_final", "redelivers", "", dead_is_final},
      test_case{"dead_are_listed", "keeps_dead list_dead",
                "poison/TestPoisonQueue_handler_ok poison/TestPoisonQueue_context_values",
                dead_are_listed},
      test_case{"requeue", "redelivers", "requeuer/TestRequeue", requeue},
      test_case{"slow_group_is_alone", "", "", slow_group_is_alone},
      test_case{"poison_holds_only_its_key", "redelivers", "", poison_holds_only_its_key},
      test_case{"nothing_comes_again", "!redelivers", "", nothing_comes_again},
  };
  return all;
}

}  // namespace ensue::conformance
