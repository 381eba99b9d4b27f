#include <ensue/async/sleep.hpp>
#include <ensue/conformance/cases.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

/// Leases, and members that die: what they held comes to somebody else, marked, and theirs is
/// fenced.
namespace ensue::conformance {
namespace {

using kind = settlement::kind;

// A member whose leases are short.
task<std::unique_ptr<consumer>> join(stage& st, transport& at) {
  consume_options o = st.group("g");
  o.lease = st.on().lease;
  return st.join(at, std::move(o));
}
task<std::unique_ptr<consumer>> join(stage& st) { return join(st, st.in()); }

struct taken {
  delivery what;
  consumer* by;
};

// What comes to one of two.
task<taken> take_either(stage& st, consumer& a, consumer& b, std::string what) {
  const time_point last = saturating_add(st.rt().now(), st.on().patience);
  while (st.rt().now() < last) {
    for (consumer* const c : {&a, &b}) {
      auto got = co_await st.next(*c, st.on().quiet / 3);
      if (!got) continue;
      taken found{std::move(*got), c};
      co_return found;
    }
  }
  st.need(false, what + " did not come again");
  co_return taken{};
}

task<> lease_ends(stage& st) {
  const auto slow = co_await join(st);
  co_await st.publish(1, 1);
  const time_point began = st.rt().now();
  const auto d = co_await st.take(*slow, "the event");
  st.check(d.until >= began + st.on().lease, "the lease is shorter than was asked for");
  const auto other = co_await join(st);
  const auto [again, holder] = co_await take_either(st, *other, *slow, "an event nobody settled");
  st.check(st.rt().now() - began >= st.on().lease, "it was given away before its lease had ended");
  st.check(again.event == st.event(1), "it came again and is not as it was published");
  st.check(marked(again), "it came again and is not marked");
  if (st.features().counts_attempts)
    st.check(again.attempt >= 2, "its second attempt is not counted");
  co_await st.settle(*holder, again);
  co_await st.silence(*other, "after it was acknowledged");
  co_await st.silence(*slow, "after it was acknowledged");
}

task<> late_ack_is_fenced(stage& st) {
  const auto slow = co_await join(st);
  co_await st.publish(1, 1);
  const auto d = co_await st.take(*slow, "the event");
  co_await sleep_until(st.rt(), d.until);
  const auto other = co_await join(st);
  const auto [again, holder] = co_await take_either(st, *other, *slow, "an event nobody settled");
  for (const kind how : {kind::ack, kind::retry_later, kind::dead}) {
    settlement s{.what = how};
    const auto late = co_await slow->settle(d.token, std::move(s));
    st.check(late.has_error() && late.error() == errc::expired,
             "settling after the lease was not errc::expired");
  }
  if (st.features().extends) {
    const auto late = co_await slow->extend(d.token);
    st.check(late.has_error() && late.error() == errc::expired,
             "extending after the lease was not errc::expired");
  }
  co_await st.settle(*holder, again, kind::retry_later);
  const auto third = co_await take_either(st, *other, *slow, "what the second holder put off");
  co_await st.settle(*third.by, third.what);
}

task<> lease_is_extended(stage& st) {
  const auto c = co_await join(st);
  const auto other = co_await join(st);
  co_await st.publish(1, 1);
  auto d = co_await st.next(*c, st.on().quiet);
  consumer& holder = d ? *c : *other;
  consumer& idle = d ? *other : *c;
  if (!d) d = co_await st.take(*other, "the event");
  for (int i = 0; i < 6; ++i) {
    const auto came = co_await st.next(idle, st.on().lease / 2);
    st.need(!came, "an event whose lease was extended came to somebody else");
    const auto longer = co_await holder.extend(d->token);
    st.need(longer.has_value(), longer ? "" : "extend: " + longer.error().message());
  }
  co_await st.settle(holder, *d);
  co_await st.silence(idle, "after it was acknowledged");
}

task<> extending_is_refused(stage& st) {
  const auto c = co_await join(st);
  co_await st.publish(1, 1);
  const auto d = co_await st.take(*c, "the event");
  const auto longer = co_await c->extend(d.token);
  st.check(longer.has_error() && longer.error() == errc::invalid,
           "extend was not errc::invalid; set the flag extends");
  co_await st.settle(*c, d);
}

task<std::vector<delivery>> take_some(stage& st, consumer& c, std::size_t n) {
  std::vector<delivery> all;
  while (all.size() < n) {
    auto d = co_await st.take(c, "event " + std::to_string(all.size() + 1));
    all.push_back(std::move(d));
  }
  co_return all;
}

task<std::vector<delivery>> inherit(stage& st, consumer& c, std::size_t n) {
  std::vector<delivery> all;
  while (all.size() < n) {
    auto d = co_await st.take(c, "what the dead held");
    all.push_back(std::move(d));
    co_await st.settle(c, all.back());
  }
  co_return all;
}

void check_claimed(stage& st, const std::vector<delivery>& got, const std::vector<delivery>& held) {
  std::set<std::string> before;
  for (const delivery& d : held) before.insert(d.event.id);
  for (const delivery& d : got) {
    const bool was_held = before.contains(d.event.id);
    st.check(!was_held || marked(d), d.event.id + " was claimed and is not marked");
    if (st.features().counts_attempts)
      st.check(!was_held || d.attempt >= 2, d.event.id + " was claimed and is not counted");
  }
}

task<> dead_member_is_replaced(stage& st) {
  auto dying = co_await join(st);
  co_await st.publish(1, 20);
  const auto held = co_await take_some(st, *dying, 10);
  const auto heir = co_await join(st);
  dying.reset();
  const auto got = co_await inherit(st, *heir, 20);
  st.none_lost(got, 1, 20);
  check_claimed(st, got, held);
  co_await st.silence(*heir, "after all were acknowledged");
}

task<> dead_connection_is_replaced(stage& st) {
  transport* const own = co_await st.open();
  auto dying = co_await join(st, *own);
  co_await st.publish(1, 20);
  const auto held = co_await take_some(st, *dying, 20);
  dying.reset();
  st.lose(own);
  const auto heir = co_await join(st);
  const auto got = co_await inherit(st, *heir, 20);
  st.none_lost(got, 1, 20);
  check_claimed(st, got, held);
}

// Acknowledged with a gap: what is before the gap is done, and the gap itself is not forgotten.
task<> gap_is_not_forgotten(stage& st) {
  auto dying = co_await join(st);
  co_await st.publish(1, 10);
  const auto held = co_await take_some(st, *dying, 10);
  for (const delivery& d : held)
    if (number_of(d.event) != 4) co_await st.settle(*dying, d);
  dying.reset();
  const auto heir = co_await join(st);
  std::vector<delivery> got;
  while (std::none_of(got.begin(), got.end(),
                      [](const delivery& d) { return number_of(d.event) == 4; })) {
    auto d = co_await st.take(*heir, "the one that was not settled");
    co_await st.settle(*heir, d);
    got.push_back(std::move(d));
  }
  const auto rest = co_await st.drain(*heir);
  got.insert(got.end(), rest.begin(), rest.end());
  for (const delivery& d : got) {
    st.check(marked(d), d.event.id + " came again and is not marked");
    st.check(number_of(d.event) >= 4, d.event.id + " came again, and all up to it were settled");
  }
}

task<> waits_outlive_the_member(stage& st) {
  auto dying = co_await join(st);
  co_await st.publish(1, 1);
  const auto d = co_await st.take(*dying, "the event");
  const duration wait = st.on().lease * 2;
  const time_point began = st.rt().now();
  co_await st.settle(*dying, d, kind::retry_later, wait);
  dying.reset();
  const auto heir = co_await join(st);
  const auto again = co_await st.take(*heir, "what a dead member put off");
  st.check(st.rt().now() - began >= wait, "what a dead member put off came before its time");
  co_await st.settle(*heir, again);
}

// Nothing that was published is anywhere but settled, out, or waiting.
task<> accounts_balance(stage& st) {
  const std::size_t n = st.scaled(100);
  auto c = co_await join(st);
  co_await st.publish(1, n);
  const auto first = co_await st.receive(*c, n / 3);
  const auto held = co_await take_some(st, *c, n / 10);
  st.check(c->unsettled() == held.size(), "unsettled() is not what is out");
  c->stop();
  for (std::size_t i = 0; i < held.size() / 2; ++i) co_await st.settle(*c, held[i]);
  st.check(c->unsettled() == held.size() - held.size() / 2,
           "what is out cannot be settled after stop, or is not counted");
  c.reset();
  const auto heir = co_await join(st);
  const std::size_t left = n - first.size() - held.size() / 2;
  auto all = co_await inherit(st, *heir, left);
  st.check(all.size() == left, "published is not settled and unsettled and waiting together");
  all.insert(all.end(), first.begin(), first.end());
  all.insert(all.end(), held.begin(), held.begin() + static_cast<std::ptrdiff_t>(held.size() / 2));
  st.none_lost(all, 1, n);
  st.check(all.size() == n, "something came that was settled");
  co_await st.silence(*heir, "after all were acknowledged");
}

}  // namespace

std::span<const test_case> lease_cases() {
  static constexpr std::array all{
      test_case{"lease_ends", "redelivers", "", lease_ends},
      test_case{"late_ack_is_fenced", "redelivers", "", late_ack_is_fenced},
      test_case{"lease_is_extended", "redelivers extends", "", lease_is_extended},
      test_case{"extending_is_refused", "!extends", "", extending_is_refused},
      test_case{"dead_member_is_replaced", "redelivers", "", dead_member_is_replaced},
      test_case{"dead_connection_is_replaced", "redelivers groups", "",
                dead_connection_is_replaced},
      test_case{"gap_is_not_forgotten", "redelivers groups", "", gap_is_not_forgotten},
      test_case{"waits_outlive_the_member", "redelivers groups remembers_waits", "",
                waits_outlive_the_member},
      test_case{"accounts_balance", "redelivers groups", "", accounts_balance},
  };
  return all;
}

}  // namespace ensue::conformance
