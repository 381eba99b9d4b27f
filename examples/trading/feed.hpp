#pragma once

#include "market_source.hpp"
#include <ensue/async/task.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/histogram.hpp>

#include <functional>
#include <vector>

namespace trading {

/// Component: plays market sources into the bus, in their order. Every market event is emitted:
/// its handlers have run before the next one. At full speed, or at the pace the stamps tell.
class feed {
 public:
  struct options {
    double speed = 0;            ///< times the recorded pace; 0: as fast as it goes
    std::function<void()> beat;  ///< called between batches, often
  };
  /// Where the time went.
  struct timings {
    ensue::duration reading{}, parsing{}, bus{};
  };

  feed(ensue::bus& bus, options o);
  feed(const feed&) = delete;

  /// Plays `source` to its end, or until `stop()`.
  ///
  /// Shape:        one source at a time; it must outlive the task.
  /// Order:        the source's; what its handlers queued is done before the next batch.
  /// Cancellation: ends while it waits for the pace; what was emitted is complete.
  /// Errors:       none of its own: `source.error()` says why a source ended early.
  ensue::task<> play(market_source& source);

  /// Ends `play` after the event or batch in hand, also when it waits for a slow source.
  void stop() noexcept {
    stopping_ = true;
    if (playing_) playing_->interrupt();
  }
  bool stopped() const noexcept { return stopping_; }

  std::int64_t events() const noexcept { return events_; }
  std::int64_t handler_failures() const noexcept { return failures_; }
  const timings& spent() const noexcept { return spent_; }
  /// Of one event in `batch`: from emit until every handler had returned.
  const ensue::histogram& event_latency() const noexcept { return latency_; }

 private:
  static constexpr std::size_t batch = 64;

  market_source::status parse(market_source& source);
  void emit(const market_event& event);
  void emit_batch();
  ensue::task<> refill(market_source& source);
  ensue::task<> keep_pace(std::int64_t stamp_ns);

  ensue::bus& bus_;
  options options_;
  std::vector<market_event> batch_;
  std::size_t filled_ = 0;
  bool stopping_ = false;
  market_source* playing_ = nullptr;
  std::int64_t first_stamp_ns_ = -1;
  ensue::time_point first_at_{};
  std::int64_t events_ = 0;
  std::int64_t failures_ = 0;
  timings spent_;
  ensue::histogram latency_;
};

}  // namespace trading
