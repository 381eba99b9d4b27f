#pragma once

#include "brake.hpp"
#include "feed.hpp"
#include "market_source.hpp"
#include "market_watch.hpp"
#include "order_flow.hpp"
#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/bus/bus.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace trading {

/// What the drill at the end of the day showed.
struct kill_drill {
  bool done = false;
  std::int64_t sent = 0;      ///< orders sent while the switch was on
  std::int64_t accepted = 0;  ///< of those; must be 0
  bool wrong_authority_refused = false;
  bool reset = false;
  bool reached_after_reset = false;  ///< an order got through to the risk desk again
  bool passed() const noexcept {
    return done && accepted == 0 && wrong_authority_refused && reset && reached_after_reset;
  }
};

/// What became of the day's orders; the drill's are not among them.
struct order_counts {
  std::int64_t requested = 0, accepted = 0, halted = 0;
  std::array<std::int64_t, veto_count> vetoed{};
};

/// The whole day: sources → bus → figures, books, strategy, risk, blotter, kill switch.
class trading_day {
 public:
  struct options {
    strategy::options plan;
    risk_limits limits;
    double speed = 0;
    bool kill_early = false;     ///< pull the kill switch after `kill_early_after` accepted orders
    std::function<void()> beat;  ///< as feed's
  };
  static constexpr std::int64_t kill_early_after = 10;

  trading_day(ensue::runtime& rt, options o);

  /// Plays every source, one after the other, then drills the kill switch.
  ///
  /// Shape:        one call per day.
  /// Lifetime:     the day and the sources outlive the task.
  /// Cancellation: ends the play early; everything reported is true of what was played.
  /// Errors:       none of its own; see the sources' `error()`.
  ensue::task<> run(std::vector<std::unique_ptr<market_source>>& sources);

  /// Ends the day early: no more events are taken, what was taken is finished.
  void stop() noexcept { feed_.stop(); }
  bool stopped() const noexcept { return feed_.stopped(); }

  ensue::bus& bus() noexcept { return bus_; }
  market_statistics& statistics() noexcept { return statistics_; }
  order_books& books() noexcept { return books_; }
  const trader& strategist() const noexcept { return trader_; }
  const risk& guard() const noexcept { return risk_; }
  const blotter& written() const noexcept { return blotter_; }
  const feed& played() const noexcept { return feed_; }
  const kill_drill& drill() const noexcept { return drill_; }
  ensue::duration elapsed() const noexcept { return elapsed_; }
  const order_counts& orders() const noexcept { return orders_; }
  /// Empty, or why the kill switch was on when the day ended.
  const std::string& killed_by() const noexcept { return killed_by_; }

 private:
  void between_batches();
  order_counts count_orders() const;
  ensue::task<> run_drill();

  options options_;
  ensue::bus bus_;
  std::string authority_;
  brake brake_;
  market_statistics statistics_;
  order_books books_;
  risk risk_;
  trader trader_;
  blotter blotter_;
  feed feed_;
  order_counts orders_;
  std::string killed_by_;
  kill_drill drill_;
  ensue::duration elapsed_{};
};

}  // namespace trading
