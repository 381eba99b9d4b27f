#pragma once

#include <ensue/async/timer.hpp>
#include <ensue/bus/attempt_limit.hpp>
#include <ensue/bus/subscription_state.hpp>
#include <ensue/reliability/breaker.hpp>
#include <ensue/reliability/dead_letter.hpp>
#include <ensue/reliability/dedupe.hpp>
#include <ensue/reliability/keyed_rate_limit.hpp>
#include <ensue/reliability/policy.hpp>
#include <ensue/reliability/retry_state.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <vector>

namespace ensue {

/// The events of a subscription that has a policy, from the queue to their fate.
///
/// Nothing waits inside a worker: an event that must wait (for its next attempt, its turn of the
/// rate limit, the breaker, a copy of it that runs) is parked. It counts as queued, keeps its key's
/// lane closed and holds no worker; one timer wakes what is due.
///
/// An event that nothing stops pays little: no clock is read but for a time-out, nothing is
/// allocated, and plain functions are called without a coroutine.
///
/// Owned by its subscription, shared with what stands in line for a turn. Loop thread only.
class deliveries : public std::enable_shared_from_this<deliveries> {
 public:
  deliveries(subscription_state& self, const policy& p);
  deliveries(const deliveries&) = delete;
  deliveries& operator=(const deliveries&) = delete;
  ~deliveries();

  /// The worker of such a subscription.
  ///
  /// Cancellation: of the worker: the event in hand is dropped as `shutdown`.
  /// Errors:       none.
  static task<> work_loop(std::shared_ptr<dispatcher> keep, subscription_state& self,
                          std::shared_ptr<subscription_state::worker> me);

  /// Gives all that is parked to `drop`; how many that were.
  std::size_t drop_all(drop_reason reason);
  /// Handlers were released: what is due runs.
  void resume() { wake(); }

  /// Null: the policy has none.
  const ensue::breaker* breaker() const noexcept { return breaker_ ? &*breaker_ : nullptr; }
  std::size_t parked() const noexcept;
  std::uint64_t retried() const noexcept { return retried_; }
  std::uint64_t timed_out() const noexcept { return timed_out_; }

 private:
  struct delivery {
    queued_event event;
    std::optional<retry_state> tries{};  ///< from the first attempt on
    dedupe::claim claim{};
    ensue::breaker::permit permit{};
    bool has_turn = false;  ///< of the rate limit
    bool has_tenant_turn = false;
    time_point began{};  ///< the attempt; see `begin`
    time_point due{};
    std::uint64_t turn = 0;
    std::exception_ptr refused{};           ///< there is no turn for it
    std::unique_ptr<dead_letter> letter{};  ///< given up, and not kept yet
    std::exception_ptr last{};              ///< with a letter: what it died of

    /// For the next event; cheap after one that nothing has stopped.
    void clear() {
      if (tries || turn != 0 || has_turn || has_tenant_turn || letter || claim.first()) *this = {};
    }
  };
  struct later {
    bool operator()(const delivery& a, const delivery& b) const noexcept {
      return a.due != b.due ? a.due > b.due : a.turn > b.turn;
    }
  };
  using in_hand = subscription_state::in_hand;
  // After so many events others on the loop get their turn.
  static constexpr int worker_batch = 64, drain_batch = 256;

  bool take(delivery& next);
  bool admit(in_hand& event, delivery& d);
  bool pass_expiry(in_hand& event, delivery& d);
  bool pass_dedupe(in_hand& event, delivery& d);
  bool pass_rate(in_hand& event, delivery& d);
  bool pass_tenants(in_hand& event, delivery& d);
  bool pass_breaker(in_hand& event, delivery& d);
  std::exception_ptr drain(delivery& next, const subscription_state::worker& me, int& run_length);
  bool drainable(const subscription_state::worker& me) const noexcept;
  void run_one(const queued_event& q);
  void drained(std::size_t done, delivery* failed);
  bool passes(in_hand& event, delivery& d);
  bool begin(in_hand& event, delivery& d, attempt_limit& limit, std::exception_ptr& error);
  std::exception_ptr call(in_hand& event, const delivery& d);
  void end_attempt(in_hand& event, delivery& d, const std::exception_ptr& error);
  static task<> remember(deliveries& self, delivery& d);
  void fail(in_hand& event, delivery& d, const std::exception_ptr& error);
  void give_up(delivery& d, const std::exception_ptr& error, death_reason why);
  static task<> bury(deliveries& self, in_hand& event, delivery& d);
  static task<> stand_in_line(std::shared_ptr<keyed_rate_limit> limit,
                              std::weak_ptr<deliveries> all, std::string key, std::uint64_t turn);
  void has_turn(std::uint64_t turn, std::exception_ptr refused);

  void park(in_hand& event, delivery& d, std::vector<delivery>& where, time_point due = {});
  void make_due(std::vector<delivery>& from, time_point now);
  void claim_settled();
  void attempt_ended();
  void breaker_changed(const breaker_change& c);
  void wake();
  void arm();

  subscription_state& self_;
  runtime& rt_;
  const policy& policy_;
  random_stream random_;
  std::optional<dedupe> dedupe_;
  std::optional<token_bucket> bucket_;
  std::shared_ptr<keyed_rate_limit> tenants_;  // outlives those who stand in line
  std::optional<ensue::breaker> breaker_;
  std::optional<retry_budget> budget_;
  const bool timed_;   // an attempt has to end in time: the clock is read at its beginning
  const bool looks_;   // something stands before the breaker
  const bool drains_;  // a plain function, and nothing looks at its events but breaker and retry
  std::uint64_t drained_ = 0;      // handled, and not told to breaker and budget yet
  std::vector<delivery> parked_;   // a heap by `due`
  std::vector<delivery> copies_;   // of events at work
  std::vector<delivery> in_line_;  // for a turn of their tenant
  time_point closed_until_{};      // nothing new is taken from the queue before
  std::uint64_t turns_ = 0;
  std::uint64_t retried_ = 0, timed_out_ = 0;
  timer timer_;
};

}  // namespace ensue
