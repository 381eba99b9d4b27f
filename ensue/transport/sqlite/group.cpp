#include <ensue/async/sleep.hpp>
#include <ensue/reliability/backoff.hpp>
#include <ensue/transport/sqlite/group.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace ensue::sqlite {
namespace {

// A small change of the database that nobody waits for.
template <class F, class Done>
class errand final : public operation {
 public:
  errand(F f, Done d) : operation{kind::lazy}, function_{std::move(f)}, done_{std::move(d)} {}
  void run(connection& on) override { ok_ = function_(on); }
  void done(const transport_result<>& how, std::exception_ptr thrown) noexcept override {
    done_(how.has_value() && !thrown, ok_);
  }

 private:
  F function_;
  Done done_;
  bool ok_ = false;
};

template <class F, class Done>
void run_errand(database& db, F f, Done d) {
  db.submit(std::make_shared<errand<F, Done>>(std::move(f), std::move(d)));
}

fate fate_of(const delivery_lanes::arrival& a, settlement how) {
  return {.position = a.handle,
          .how = std::move(how),
          .attempt = a.attempt,
          .key = std::string{lane_key(a.event)}};
}

}  // namespace

group::group(database& db, options o, membership m, time_point until, report r)
    : db_{db},
      rt_{db.rt()},
      options_{std::move(o)},
      who_{m},
      until_{until},
      report_{std::move(r)},
      lanes_{{.prefetch = options_.window, .lease = options_.lease}},
      due_{rt_},
      lease_{rt_},
      heartbeat_{rt_} {}

// The coroutine that keeps the lanes filled.
struct group::claiming {
  static task<> join_anew(group& g) {
    g.lanes_.forget_all();
    wake_all(g.waiting_);
    const time_point until = saturating_add(g.rt_.now(), g.options_.lease);
    const auto enter = [old = g.who_, name = g.options_.name, types = g.options_.types,
                        until](connection& c) {
      leave(c, old, {});
      return sqlite::join(c, name, types, true, until);
    };
    const auto entered = co_await g.db_.transact(enter);
    if (!entered) {
      const transport_error why = entered.error();
      co_return g.report_(&why);
    }
    g.who_ = *entered;
    g.until_ = until;
    g.fenced_ = false;
  }

  static task<bool> claim_once(group& g) {
    const claim_request r = g.next_request();
    const std::uint64_t pokes_before = g.pokes_;
    const auto take = [r](connection& c) { return claim(c, r); };
    auto got = co_await g.db_.transact(take, operation::kind::lazy);
    if (!got) {
      const transport_error why = got.error();
      g.report_(&why);
      co_return false;
    }
    g.arrived(std::move(*got), pokes_before, r.until);
    co_return true;
  }

  static task<> run(group& g) {
    random_stream jitter = g.rt_.random("sqlite claim " + g.options_.name);
    const backoff pause;
    unsigned failed = 0;
    for (;;) {
      if (failed > 0) co_await sleep_for(g.rt_, pause.after(failed, jitter));
      if (g.fenced_) {
        co_await join_anew(g);
        failed = g.fenced_ ? failed + 1 : 0;
      } else if (g.wants()) {
        const bool well = co_await claim_once(g);
        if (!well) {
          ++failed;
        } else if (failed > 0) {
          failed = 0;
          g.report_(nullptr);
        }
      } else {
        co_await wait_in(g.claimer_idle_, g.rt_, "sqlite: something to claim");
      }
    }
  }

  static task<> run_guarded(group& g) {
    try {
      co_await run(g);
    } catch (const std::exception& e) {
      if (g.ended_) co_return;
      g.broken_ = transport_error{errc::unavailable, g.db_.file() + ": " + e.what()};
      g.report_(&*g.broken_);
      wake_all(g.waiting_);
    }
  }
};

void group::start() {
  claimer_.emplace(rt_, "sqlite group", claiming::run_guarded(*this));
  (*claimer_)->start();
  keep_lease();
}

void group::poke() noexcept {
  ++pokes_;
  dry_ = false;
  wake_all(claimer_idle_);
}

bool group::wants() const noexcept {
  if (ended_ || dry_ || prefetch_ == 0 || lanes_.room() == 0) return false;
  return !waiting_.empty() || (active_ && lanes_.size() < prefetch_);
}

claim_request group::next_request() {
  const std::size_t have = lanes_.size();
  const std::size_t want = have < prefetch_ ? prefetch_ - have : prefetch_;
  const time_point now = rt_.now();
  return {.who = who_,
          .want = std::min(want, lanes_.room()),
          .look = options_.window,
          .until = saturating_add(now, options_.lease),
          .at = {.now = now, .wall = rt_.wall_now()}};
}

void group::arrived(claimed&& got, std::uint64_t pokes_before, time_point until) {
  if (got.fenced) return fenced();
  if (got.damaged > 0) {
    const log_field fields[]{{"group", std::string_view{options_.name}},
                             {"events", static_cast<std::int64_t>(got.damaged)}};
    rt_.log().write(log_level::error, "events with a wrong checksum are dead now", fields);
  }
  until_ = std::max(until_, until);
  dry_ = !got.more && pokes_ == pokes_before;
  for (delivery_lanes::arrival& a : got.events) lanes_.arrive(std::move(a));
  if (got.next_due != wall_time::max())
    due_.call_in(got.next_due - rt_.wall_now(), [this] { poke(); });
  if (!got.events.empty()) wake_all(waiting_);
}

void group::fenced() noexcept {
  fenced_ = true;
  lanes_.forget_all();
  wake_all(claimer_idle_);
}

std::optional<delivery> group::take() {
  if (fenced_ || rt_.now() >= until_) return std::nullopt;
  auto d = lanes_.take(rt_.now());
  if (!d) return d;
  d->token |= options_.token_base;
  active_ = true;
  if (!lease_.pending()) watch_leases();
  return d;
}

void group::watch_leases() {
  const time_point next = std::min(lanes_.next_overdue(), [&] {
    const time_point due = lanes_.next_due();
    return due > rt_.now() ? due : never;
  }());
  if (next == never) return void(lease_.cancel());
  lease_.call_at(next, [this] { leases_over(); });
}

void group::leases_over() {
  for (const std::uint64_t token : lanes_.overdue(rt_.now())) attempt_over(token);
  wake_all(waiting_);
  watch_leases();
}

// It comes again from here; the database counts the attempt.
void group::attempt_over(std::uint64_t token) {
  const delivery_lanes::arrival* const what = lanes_.at(token);
  if (!what) return;
  const fate f = fate_of(*what, {.what = settlement::kind::retry_later});
  lanes_.requeue(token, rt_.now());
  run_errand(
      db_, [m = who_, f, now = rt_.wall_now()](connection& c) { return settle(c, m, {f}, now); },
      [self = weak_from_this()](bool, bool) {
        if (const auto g = self.lock()) wake_all(g->waiting_);
      });
}

result<fate> group::begin_settling(std::uint64_t token, const settlement& how) {
  auto found = lanes_.settle(own(token), how.what, rt_.now());
  if (!found) return found.error();
  return fate_of(**found, how);
}

void group::finish_settling(std::uint64_t token, const settlement& how, const result<>& done) {
  if (!done) return lanes_.not_settled(own(token));
  if (how.what == settlement::kind::retry_later) {
    lanes_.retry_here(own(token), saturating_add(rt_.now(), how.wait));
    watch_leases();
  } else {
    lanes_.settled(own(token));
  }
}

void group::settled_apart(std::uint64_t token, const result<>& done) {
  finish_settling(token, {}, done);
  if (!done && done.error() == errc::expired) fenced();
  wake_all(claimer_idle_);
  wake_all(waiting_);
}

std::shared_ptr<settling> group::gathering() {
  if (!gathering_) {
    gathering_ = std::make_shared<settling>(weak_from_this(), who_, rt_);
    db_.submit(gathering_);
  }
  return gathering_;
}

result<> group::extend(std::uint64_t token) {
  const auto extended = lanes_.extend(own(token), rt_.now());
  if (!extended) return extended.error();
  return {};
}

void group::return_delivery(std::uint64_t token) {
  if (lanes_.is_out(own(token))) attempt_over(own(token));
  wake_all(waiting_);
}

void group::give_back() {
  std::vector<fate> fates;
  for (const delivery_lanes::arrival& a : lanes_.take_waiting()) fates.push_back(fate_of(a, {}));
  if (fates.empty()) return;
  run_errand(
      db_, [m = who_, fates](connection& c) { return sqlite::give_back(c, m, fates); },
      [self = weak_from_this()](bool, bool) {
        if (const auto g = self.lock()) g->poke();
      });
}

void group::end() {
  if (std::exchange(ended_, true)) return;
  std::set<std::uint64_t> out;
  for (const std::uint64_t token : lanes_.tokens_out()) out.insert(lanes_.at(token)->handle);
  run_errand(
      db_,
      [m = who_, out](connection& c) {
        leave(c, m, out);
        return true;
      },
      [](bool, bool) {});
  due_.cancel();
  lease_.cancel();
  heartbeat_.cancel();
  claimer_.reset();
  wake_all(waiting_);
}

void group::keep_lease() {
  heartbeat_.call_in(options_.lease / 3, [this] {
    const time_point until = saturating_add(rt_.now(), options_.lease);
    run_errand(
        db_, [m = who_, until](connection& c) { return renew(c, m, until); },
        [self = weak_from_this(), until, m = who_](bool well, bool member) {
          const auto g = self.lock();
          if (!g || g->who_.member != m.member) return;
          if (well && !member) g->fenced();
          if (well && member) g->until_ = std::max(g->until_, until);
          wake_all(g->waiting_);
        });
    // Others shall have what nobody here asked for in all that time.
    if (!std::exchange(active_, false)) give_back();
    keep_lease();
  });
}

void settling::begin() {
  now_ = rt_.wall_now();
  if (const auto g = of_.lock(); g && g->gathering_.get() == this) g->gathering_ = nullptr;
}

void settling::done(const transport_result<>& how, std::exception_ptr thrown) noexcept {
  outcome_.emplace();
  if (!how) outcome_ = how.error().code;
  if (thrown) outcome_ = errc::outcome_unknown;
  if (how && fenced_) outcome_ = errc::expired;
  if (const auto g = of_.lock()) {
    for (std::size_t i = 0; i < tokens_.size(); ++i)
      g->finish_settling(tokens_[i], fates_[i].how, *outcome_);
    if (fenced_ && g->who_.member == member_.member) g->fenced();
    wake_all(g->claimer_idle_);
    wake_all(g->waiting_);
  }
  wake_all(waiters_);
}

}  // namespace ensue::sqlite
