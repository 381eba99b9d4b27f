#include "trading_day.hpp"

#include <utility>

namespace trading {

trading_day::trading_day(ensue::runtime& rt, options o)
    : options_{std::move(o)},
      bus_{rt},
      authority_{rt.new_id().text()},
      brake_{bus_, execution, authority_},
      statistics_{bus_},
      books_{bus_},
      risk_{bus_, options_.limits, [this](std::string why) { brake_.trigger(std::move(why)); }},
      trader_{bus_, options_.plan},
      blotter_{bus_},
      feed_{bus_, {.speed = options_.speed, .beat = [this] { between_batches(); }}} {}

void trading_day::between_batches() {
  if (options_.kill_early && risk_.desk().accepted() >= kill_early_after &&
      brake_.triggers() == 0) {
    brake_.trigger("kill drill in the middle of the day");
  }
  if (options_.beat) options_.beat();
}

ensue::task<> trading_day::run(std::vector<std::unique_ptr<market_source>>& sources) {
  const auto began = bus_.rt().now();
  for (auto& source : sources) {
    if (stopped()) break;
    co_await feed_.play(*source);
  }
  elapsed_ = bus_.rt().now() - began;
  orders_ = count_orders();
  if (brake_.active()) killed_by_ = brake_.reason();
  if (!stopped()) co_await run_drill();
  co_await bus_.wait_idle();
}

order_counts trading_day::count_orders() const {
  order_counts counts{.requested = trader_.orders(),
                      .accepted = risk_.desk().accepted(),
                      .halted = 0,
                      .vetoed = {}};
  for (std::size_t n = 0; n < veto_count; ++n) {
    counts.vetoed[n] = risk_.desk().vetoed(static_cast<veto>(n));
  }
  for (auto account : bus_.accounts()) {
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

  brake_.trigger("kill drill at the end of the day");
  const auto accepted_before = risk_.desk().accepted();
  for (int n = 0; n < orders; ++n) (void)bus_.emit(order);
  drill_.sent = orders;
  drill_.accepted = risk_.desk().accepted() - accepted_before;
  drill_.wrong_authority_refused = !brake_.reset("not the authority") && brake_.active();
  drill_.reset = brake_.reset(authority_) && !brake_.active();
  risk_.forgive();
  const auto seen = [&] { return risk_.desk().accepted() + risk_.desk().vetoed(); };
  const auto seen_before = seen();
  (void)bus_.emit(order);
  drill_.reached_after_reset = seen() == seen_before + 1;
  drill_.done = true;
  co_await bus_.wait_idle();
}

}  // namespace trading
