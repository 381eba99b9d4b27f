// The workers of subscriptions that take their events in batches.
#include <ensue/async/errors.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/bus/batch.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/obituary.hpp>

#include <vector>

namespace ensue {

task<> handler::start_batch(std::span<const void* const>, context&) { co_return; }

// The events of one batch, taken from the queue. Each settles exactly once, whatever ends the
// worker.
class subscription_state::gathered {
 public:
  explicit gathered(subscription_state& s) : self_{s}, limits_{s.settings_.batches} {}
  gathered(const gathered&) = delete;
  gathered& operator=(const gathered&) = delete;
  ~gathered() {
    const bool over = self_.ended_ && !self_.dispatcher_.closed();
    settle_all(&self_.counts_.dropped_for(over && !begun_ ? drop_reason::unsubscribed
                                                          : drop_reason::shutdown),
               nullptr);
  }

  bool empty() const noexcept { return events_.empty(); }
  bool full() const noexcept {
    return events_.size() >= limits_.count || (limits_.bytes > 0 && bytes_ >= limits_.bytes);
  }
  time_point due() const noexcept { return due_; }

  /// Takes an event, unless its filter or deadline says no.
  void add(const queued_event& q) {
    bool wanted = false;
    try {
      wanted = self_.handler_->accepts(q.view, *q.rec->type);
      if (limits_.bytes > 0) bytes_ += self_.handler_->bytes(q.view);
    } catch (...) {
      const failure f{self_.name(), std::string{q.rec->type->name}, std::current_exception()};
      return settle_one(q, self_.counts_.dead, &f);
    }
    if (!wanted) return settle_one(q, self_.counts_.filtered, nullptr);
    if (events_.empty()) due_ = saturating_add(self_.dispatcher_.rt().now(), limits_.wait);
    events_.push_back(q);
  }

  void drop_expired() {
    std::erase_if(events_, [&](const queued_event& q) {
      const bool late = self_.expired(q);
      if (late) settle_one(q, self_.counts_.expired, nullptr);
      return late;
    });
  }

  std::vector<const void*> views() const {
    std::vector<const void*> all;
    for (const queued_event& q : events_) all.push_back(q.view);
    return all;
  }
  const queued_event& first() const noexcept { return events_.front(); }
  void begin() noexcept { begun_ = true; }
  void handled() { settle_all(&self_.counts_.handled, nullptr); }
  void failed(const failure& f) { settle_all(&self_.counts_.dead, &f); }

 private:
  void settle_one(const queued_event& q, std::uint64_t& as, const failure* f) {
    ++as;
    if (!f) return self_.put_down(q, nullptr);
    failure mine = *f;
    mine.event = q.rec->type->name;
    bury(self_, *q.rec, mine.error);
    self_.dispatcher_.report(self_, mine);
    self_.put_down(q, &mine);
  }
  void settle_all(std::uint64_t* as, const failure* f) {
    const std::vector<queued_event> all = std::exchange(events_, {});
    for (const queued_event& q : all) settle_one(q, *as, f);
  }

  subscription_state& self_;
  const batch_limits limits_;
  std::vector<queued_event> events_;
  std::size_t bytes_ = 0;
  time_point due_ = never;
  bool begun_ = false;
};

// Fills `batch` until a bound is reached; false: the worker has to end.
task<bool> subscription_state::gather(subscription_state& self, gathered& all, worker& me) {
  runtime& rt = self.dispatcher_.rt();
  queued_event q;
  while (!self.ended_ && !me.told) {
    while (!self.halted_ && !all.full() && self.take(q)) all.add(q);
    for (std::size_t n = self.size(); n < self.settings_.capacity && wake_one(self.room_); ++n) {
    }
    if (!self.halted_ && !all.empty() && (all.full() || rt.now() >= all.due())) co_return true;
    const time_point until = self.halted_ ? never : all.due();
    if (co_await timed_wait(self.idle_workers_, rt, self.settings_.name.c_str(), until) ==
        wait_status::cancelled)
      break;
  }
  co_return false;
}

task<> subscription_state::run_batch(subscription_state& self, gathered& all, worker& me) {
  all.drop_expired();
  if (all.empty()) co_return;
  all.begin();
  const queued_event& first = all.first();
  frame at;
  at.rec = first.rec;
  at.type = first.rec->type;
  at.event = first.rec->payload();
  at.depth = first.rec->depth;
  context c{self.dispatcher_, at, self};
  const std::vector<const void*> views = all.views();
  try {
    co_await self.handler_->start_batch(views, c);
    all.handled();
  } catch (...) {
    const failure f{self.name(), {}, std::current_exception()};
    if (!me.told || !is_cancellation(f.error)) all.failed(f);
  }
}

task<> subscription_state::batch_loop(std::shared_ptr<dispatcher> keep, subscription_state& self,
                                      std::shared_ptr<worker> me) {
  {
    const leaving at_end{self, me};
    for (;;) {
      gathered all{self};
      const bool go_on = co_await gather(self, all, *me);
      if (!go_on) break;
      co_await run_batch(self, all, *me);
    }
  }
  keep->settle_deferred();
}

}  // namespace ensue
