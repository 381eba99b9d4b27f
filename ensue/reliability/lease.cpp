#include <ensue/async/deadline.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/async/shield.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/base/assert.hpp>
#include <ensue/reliability/backoff.hpp>
#include <ensue/reliability/lease.hpp>
#include <ensue/reliability/wording.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

// A call that did not come back in time tells nothing: done or not.
template <class T>
task<result<T>> in_time(runtime& rt, time_point until, task<result<T>> call) {
  error_code ec;
  try {
    co_return co_await with_deadline(rt, until, std::move(call));
  } catch (const system_error& e) {
    if (e.code() != errc::timed_out) throw;
    ec = e.code();
  }
  co_return ec;
}

}  // namespace

std::optional<std::string> lease_options::wrong() const {
  if (name.empty()) return "lease.name is empty; it says what is held";
  if (ttl <= duration::zero()) return "lease.ttl is " + in_words(ttl) + "; it must be more than 0";
  if (renew_every < duration::zero() || renew_every >= ttl)
    return "lease.renew_every is " + in_words(renew_every) + " and ttl is " + in_words(ttl) +
           "; it would run out before it is renewed";
  if (try_every < duration::zero())
    return "lease.try_every is " + in_words(try_every) + "; it must be 0 or more";
  return std::nullopt;
}

// Ends the term and the right to run, however `run` ends.
class lease::running {
 public:
  explicit running(lease& l) : lease_{l} {
    if (std::exchange(l.running_, true)) throw system_error{errc::exists, "the lease runs already"};
  }
  running(const running&) = delete;
  running& operator=(const running&) = delete;
  ~running() { lease_.running_ = false; }

 private:
  lease& lease_;
};

lease::lease(runtime& rt, lease_store& store, lease_options o)
    : rt_{rt}, store_{store}, options_{std::move(o)}, draw_{rt.random("lease " + options_.name)} {
  const auto complaint = options_.wrong();
  ENSUE_ASSERT(!complaint, complaint ? complaint->c_str() : "");
  if (options_.owner.empty()) options_.owner = rt_.new_id().text();
  if (options_.renew_every == duration::zero()) options_.renew_every = options_.ttl / 3;
  if (options_.try_every == duration::zero()) options_.try_every = options_.ttl / 3;
}

lease::~lease() { wake_all(waiters_, wait_status::closed); }

task<> lease::run() {
  return with_cleanup(rt_, options_.renew_every, compete_and_keep(*this), let_go(*this));
}

task<> lease::compete_and_keep(lease& l) {
  const running only{l};
  for (;;) {
    co_await compete(l);
    struct term {
      lease& of;
      ~term() { of.end_term(); }
    } const ends{l};
    co_await keep(l);
  }
}

task<> lease::compete(lease& l) {
  const lease_options& o = l.options_;
  for (;;) {
    const time_point asked = l.rt_.now();
    const time_point end = saturating_add(asked, o.ttl);
    task<result<lease_grant>> asking =
        in_time(l.rt_, end, l.store_.acquire(o.name, o.owner, o.ttl));
    const result<lease_grant> got = co_await std::move(asking);
    // An answer that comes too late is of a lease that may have run out: asks again.
    if (got && l.rt_.now() < saturating_add(asked, got->ttl)) co_return l.begin_term(*got, asked);
    const backoff pause{.base = o.try_every, .cap = o.try_every};
    co_await sleep_for(l.rt_, pause.after(1, l.draw_), "before it tries for the lease again");
  }
}

task<> lease::keep(lease& l) {
  const lease_options& o = l.options_;
  while (l.held()) {
    const time_point next = saturating_add(l.rt_.now(), o.renew_every);
    co_await sleep_until(l.rt_, std::min(next, l.until_), "before it renews the lease");
    if (!l.held()) co_return;
    const time_point asked = l.rt_.now();
    task<result<>> asking = in_time(l.rt_, l.until_, l.store_.renew(o.name, l.token_, o.ttl));
    const result<> renewed = co_await std::move(asking);
    // Over is over, also when the answer comes too late: somebody has seen the end of the term.
    if (!l.held()) co_return;
    if (renewed) {
      l.until_ = std::max(l.until_, saturating_add(asked, o.ttl));
    } else if (renewed.error() == errc::refused) {
      co_return;
    }
  }
}

task<> lease::let_go(lease& l) {
  if (l.unreleased_ == 0 || l.running_) co_return;
  (void)co_await l.store_.release(l.options_.name, std::exchange(l.unreleased_, 0));
}

void lease::begin_term(const lease_grant& g, time_point asked) {
  token_ = unreleased_ = g.token;
  until_ = saturating_add(asked, g.ttl);
  held_ = true;
  ++terms_;
  tell(true);
}

void lease::end_term() {
  held_ = false;
  if (rt_.ending()) return;
  tell(false);
}

void lease::tell(bool held) {
  const lease_change change{held, token_};
  for (std::size_t i = 0; i < told_.size(); ++i) {
    const auto f = told_[i];  // who is told may ask to be told
    f(change);
  }
  wake_all(waiters_);
}

task<std::uint64_t> lease::wait_held() {
  while (!held()) co_await wait_or_throw(waiters_, rt_, "a lease");
  co_return token_;
}

task<> lease::wait_lost(std::uint64_t token) {
  while (held() && token_ == token) co_await wait_or_throw(waiters_, rt_, "the end of a lease");
}

}  // namespace ensue
