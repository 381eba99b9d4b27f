#include "trading_day.hpp"

#include <ensue/async/wait.hpp>

#include <utility>

namespace trading {
namespace {

ensue::kill_scope all_execution() { return ensue::kill_scope::component(std::string(execution)); }

}  // namespace

trading_day::trading_day(ensue::app& app, options o, sources& played)
    : app_{app},
      options_{std::move(o)},
      market_{played},
      statistics_{std::make_shared<market_statistics>(app.bus())},
      books_{std::make_shared<order_books>(app.bus())},
      blotter_{std::make_shared<blotter>(app.bus())},
      risk_{std::make_shared<risk>(app.bus(), options_.limits,
                                   [this](const std::string& why) { kill(why); })},
      trader_{std::make_shared<trader>(app.bus(), options_.plan)},
      feed_{app.bus(), {.speed = options_.speed, .beat = [this] { between_batches(); }}} {}

std::shared_ptr<trading_day> trading_day::in(ensue::app& app, options o, sources& played) {
  auto day = std::make_shared<trading_day>(app, std::move(o), played);
  app.add(day->statistics_);
  app.add(day->books_);
  app.add(day->blotter_);
  app.add(day->risk_, {.depends_on = {"blotter"}});
  app.add(day->trader_, {.depends_on = {"risk"}});
  app.add(day, {.depends_on = {"statistics", "order books", "risk", "strategy", "blotter"}});
  return day;
}

void trading_day::kill(const std::string& reason) {
  app_.kill_switch().trigger(reason, all_execution());
}

void trading_day::between_batches() {
  if (options_.kill_early && risk_->desk().accepted() >= kill_early_after) {
    options_.kill_early = false;
    kill("kill drill in the middle of the day");
  }
  if (options_.beat) options_.beat();
}

ensue::task<> trading_day::stop_intake() {
  if (over_) co_return;  // the day itself asked for the stop
  feed_.stop();
  if (running_) co_await ensue::wait_in(wait_for_end_, app_.rt(), "the end of the day");
}

ensue::task<> trading_day::run() {
  running_ = true;
  const auto began = app_.rt().now();
  while (!stopped() && !market_.over()) co_await feed_.play(market_);
  elapsed_ = app_.rt().now() - began;
  orders_ = count_orders();
  for (const auto& brake : app_.kill_switch().brakes()) killed_by_ = brake.reason;
  if (!stopped()) co_await run_drill();
  co_await app_.bus().wait_idle();
  accounts_ = app_.bus().accounts();
  total_ = app_.bus().total();
  running_ = false;
  over_ = true;
  wake_all(wait_for_end_);
  app_.stop("the day is over");
}

order_counts trading_day::count_orders() const {
  order_counts counts{.requested = trader_->orders(),
                      .accepted = risk_->desk().accepted(),
                      .halted = 0,
                      .vetoed = {}};
  for (std::size_t n = 0; n < veto_count; ++n) {
    counts.vetoed[n] = risk_->desk().vetoed(static_cast<veto>(n));
  }
  for (auto account : app_.bus().accounts()) {
    if (account.event != order_request::event_name) continue;
    const auto halted = account.counts.dropped_for(ensue::drop_reason::halted);
    counts.halted += static_cast<std::int64_t>(halted);
  }
  return counts;
}

ensue::task<> trading_day::run_drill() {
  constexpr int orders = 5;
  order_request order;
  order.instrument = symbol{"DRILL"};
  order.price = {100, 0};
  order.quantity = {1, 0};

  auto& kill_switch = app_.kill_switch();
  kill("kill drill at the end of the day");
  const auto accepted_before = risk_->desk().accepted();
  for (int n = 0; n < orders; ++n) (void)app_.bus().emit(order);
  drill_.sent = orders;
  drill_.accepted = risk_->desk().accepted() - accepted_before;
  const auto wrong = kill_switch.reset("not the authority", all_execution());
  drill_.wrong_authority_refused = wrong.has_error() && kill_switch.active(all_execution());
  const auto right = kill_switch.reset(options_.authority, all_execution());
  drill_.reset = right.has_value() && !kill_switch.active(all_execution());
  risk_->forgive();
  const auto seen = [&] { return risk_->desk().accepted() + risk_->desk().vetoed(); };
  const auto seen_before = seen();
  (void)app_.bus().emit(order);
  drill_.reached_after_reset = seen() == seen_before + 1;
  drill_.done = true;
  co_await app_.bus().wait_idle();
}

}  // namespace trading
