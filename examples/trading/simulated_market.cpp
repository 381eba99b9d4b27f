#include "simulated_market.hpp"

#include <algorithm>

namespace trading {
namespace {

constexpr std::int64_t start_ns = 1'700'000'000'000'000'000;
constexpr std::int64_t step_ns = 2'000'000;
constexpr std::int64_t ms_ns = 1'000'000;

}  // namespace

simulated_market::simulated_market(std::int64_t events, std::uint64_t seed, std::uint32_t number)
    : random_{seed, "simulated market"},
      instruments_{{{symbol{"ALPHA"}, 10'000}, {symbol{"OMEGA"}, 250'000}}},
      number_{number},
      events_{events},
      now_ns_{start_ns} {}

decimal simulated_market::quantity() noexcept {
  return {static_cast<std::int64_t>(random_.below(5'000)) + 1, 3};
}

double simulated_market::progress() const noexcept {
  return events_ == 0 ? 1 : static_cast<double>(rows_) / static_cast<double>(events_);
}

simulated_market::status simulated_market::next(market_event& out) {
  if (rows_ == events_) return status::end;
  instrument& i = instruments_[random_.below(instruments_.size())];
  // A step of up to 2 bp either way.
  const std::int64_t reach = std::max<std::int64_t>(1, i.price / 5'000);
  const auto width = static_cast<std::uint64_t>(2 * reach + 1);
  i.price = std::max<std::int64_t>(
      100, i.price + static_cast<std::int64_t>(random_.below(width)) - reach);
  now_ns_ += static_cast<std::int64_t>(random_.below(step_ns));
  const auto start = [&](tick& t) {
    t.instrument = i.name;
    t.row = ++rows_;
    t.stamp_ns = now_ns_;
    t.event_ms = now_ns_ / ms_ns;
    t.tape = number_;
    t.form = tape_form::crypto;
  };
  if (random_.chance(500)) {
    auto& t = out.emplace<trade>();
    start(t);
    t.id = ++i.trade_id;
    t.trade_ms = t.event_ms;
    t.price = {i.price, 2};
    t.quantity = quantity();
    t.taker = random_.chance(500) ? side::buy : side::sell;
  } else {
    auto& q = out.emplace<quote>();
    start(q);
    q.update_id = ++i.quote_id;
    q.bid = {i.price - 1, 2};
    q.ask = {i.price + 1, 2};
    q.bid_quantity = quantity();
    q.ask_quantity = quantity();
  }
  return status::event;
}

}  // namespace trading
