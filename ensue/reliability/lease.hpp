#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/work.hpp>
#include <ensue/base/random.hpp>
#include <ensue/reliability/lease_store.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ensue {

struct lease_options {
  std::string name{};                       ///< what is held
  std::string owner{};                      ///< who; unique among those who compete. Empty: an id
  duration ttl = std::chrono::seconds{10};  ///< how soon others may have it when the holder is gone
  duration renew_every{};  ///< zero: a third of `ttl`, so that two renewals may be lost
  duration try_every{};    ///< of those who wait for it, 0.5 to 1.5 times that. Zero: likewise

  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

/// A lease was won or lost.
struct lease_change {
  bool held = false;
  std::uint64_t token = 0;  ///< of the term that begins or ends
};

/// Competes for a lease and renews it while it is held: a lock with an end, for "one of us does
/// it". Its holder may be gone, or paused and not know that it is, so every term has a token that
/// grows, and what the lease protects refuses older ones: see fence.
///
///     lease leader{rt, store, {.name = "mail", .ttl = 10s}};
///     s.spawn("leader", leader.run());
///     …
///     const std::uint64_t token = co_await leader.wait_held();
///     co_await database.write(row, token);
///
/// The holder counts the time from before he asked, the store from when it answered: where both
/// clocks run alike, no two believe at the same time that they hold it.
///
/// Lifetime: `store` outlives it; it outlives `run`.
/// Threads:  loop thread.
class lease {
 public:
  /// Asserts that the options are not `wrong`.
  lease(runtime& rt, lease_store& store, lease_options o);
  lease(const lease&) = delete;
  lease& operator=(const lease&) = delete;
  ~lease();

  /// Competes, holds, renews, loses, competes again.
  ///
  /// Deadline:     none; runs until cancelled.
  /// Cancellation: lets the lease go at the store, for which it takes `renew_every` at most; then
  ///               throws.
  /// Errors:       errc::exists thrown: runs already; what the store throws.
  task<> run();

  /// Asks the clock: false from the moment on at which somebody else may hold it, also when `run`
  /// has not noticed yet. Ask before each step that only the holder may take.
  bool held() const noexcept { return held_ && rt_.now() < until_; }
  /// Of this term, or of the latest; 0: there was none.
  std::uint64_t token() const noexcept { return token_; }
  /// When it ends unless it is renewed.
  time_point until() const noexcept { return until_; }
  /// Waits until it is held, and returns its token.
  /// Cancellation: throws; nothing was done. Errors: none.
  task<std::uint64_t> wait_held();
  /// Waits until the term of `token` has ended.
  /// Cancellation: throws; nothing was done. Errors: none.
  task<> wait_lost(std::uint64_t token);

  /// Called on each change, in the order of asking; must not throw. Lives as long as the lease.
  void on_change(std::function<void(const lease_change&)> f) { told_.push_back(std::move(f)); }

  const lease_options& options() const noexcept { return options_; }
  std::uint64_t terms() const noexcept { return terms_; }

 private:
  class running;
  static task<> compete_and_keep(lease& l);
  static task<> compete(lease& l);
  static task<> keep(lease& l);
  static task<> let_go(lease& l);
  void begin_term(const lease_grant& g, time_point asked);
  void end_term();
  void tell(bool held);

  runtime& rt_;
  lease_store& store_;
  lease_options options_;
  random_stream draw_;
  std::vector<std::function<void(const lease_change&)>> told_;
  work_list waiters_;
  time_point until_{};
  std::uint64_t token_ = 0;
  std::uint64_t unreleased_ = 0;  // a token that the store may still count as the holder's
  std::uint64_t terms_ = 0;
  bool held_ = false;
  bool running_ = false;
};

}  // namespace ensue
