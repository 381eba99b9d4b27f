#pragma once

#include "feed.hpp"
#include "market_source.hpp"
#include "market_watch.hpp"
#include "merged_market.hpp"
#include "order_flow.hpp"
#include <ensue/app/app.hpp>
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

/// The whole day as components of an app: sources → bus → figures, books, strategy, risk, blotter,
/// kill switch. It is the component that plays; the others must be up before it.
class trading_day {
 public:
  static constexpr std::string_view name = "day";

  struct options {
    strategy::options plan;
    risk_limits limits;
    double speed = 0;
    bool kill_early = false;     ///< pull the kill switch after `kill_early_after` accepted orders
    std::string authority;       ///< what resets the app's kill switch, for the drill
    std::function<void()> beat;  ///< as feed's
  };
  static constexpr std::int64_t kill_early_after = 10;

  /// Registers all components. `played` outlives the day's end.
  static std::shared_ptr<trading_day> in(ensue::app& app, options o, sources& played);

  trading_day(ensue::app& app, options o, sources& played);
  trading_day(const trading_day&) = delete;

  void start() {}
  /// Plays all sources, merged by the time of receiving, drills the kill switch, then ends the app.
  ///
  /// Cancellation: ends the play early; everything reported is true of what was played.
  /// Errors:       none of its own; see the sources' `error()`.
  ensue::task<> run();
  /// Takes no more events; ends when what was taken is finished.
  ///
  /// Cancellation: stops waiting.
  /// Errors:       none.
  ensue::task<> stop_intake();
  void stop() {}

  bool stopped() const noexcept { return feed_.stopped(); }
  market_statistics& statistics() noexcept { return *statistics_; }
  order_books& books() noexcept { return *books_; }
  const trader& strategist() const noexcept { return *trader_; }
  const risk& guard() const noexcept { return *risk_; }
  const blotter& written() const noexcept { return *blotter_; }
  /// All sources together.
  const market_source& market() const noexcept { return market_; }
  const feed& played() const noexcept { return feed_; }
  const order_counts& orders() const noexcept { return orders_; }
  /// Empty, or why the kill switch was on when the day ended.
  const std::string& killed_by() const noexcept { return killed_by_; }
  const kill_drill& drill() const noexcept { return drill_; }
  ensue::duration elapsed() const noexcept { return elapsed_; }
  /// The bus's accounts at the end of the day.
  const std::vector<ensue::bus::account>& accounts() const noexcept { return accounts_; }
  const ensue::ledger& total() const noexcept { return total_; }

 private:
  void between_batches();
  void kill(const std::string& reason);
  order_counts count_orders() const;
  ensue::task<> run_drill();

  ensue::app& app_;
  options options_;
  merged_market market_;
  std::shared_ptr<market_statistics> statistics_;
  std::shared_ptr<order_books> books_;
  std::shared_ptr<blotter> blotter_;
  std::shared_ptr<risk> risk_;
  std::shared_ptr<trader> trader_;
  feed feed_;
  bool running_ = false;
  bool over_ = false;  ///< played to its end
  ensue::work_list wait_for_end_;
  order_counts orders_;
  std::string killed_by_;
  kill_drill drill_;
  ensue::duration elapsed_{};
  std::vector<ensue::bus::account> accounts_;
  ensue::ledger total_;
};

}  // namespace trading
