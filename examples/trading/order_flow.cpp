#include "order_flow.hpp"

#include <cstdio>
#include <utility>

namespace trading {
namespace {

constexpr int risk_priority = 20;
constexpr int strategy_priority = 10;

template <class E>
ensue::subscribe_options<E> options_of(const char* name, int priority) {
  ensue::subscribe_options<E> options;
  options.name = name;
  options.priority = priority;
  return options;
}

}  // namespace

void trader::start() {
  subscription_ = bus_.subscribe<trade>([this](const trade& t) { on(t); },
                                        options_of<trade>("strategy", strategy_priority));
}

void trader::on(const trade& t) {
  const auto order = strategy_.on(t);
  if (!order) return;
  const auto began = bus_.rt().now();
  (void)bus_.emit(*order);
  latency_.record(bus_.rt().now() - began);
}

risk::risk(ensue::bus& bus, const risk_limits& limits, std::function<void(std::string)> kill)
    : bus_{bus}, desk_{limits}, kill_{std::move(kill)} {}

void risk::start() {
  subscriptions_.push_back(bus_.subscribe<trade>([this](const trade& t) { on(t); },
                                                 options_of<trade>("risk", risk_priority)));
  auto guarded = options_of<order_request>("risk", risk_priority);
  guarded.component = execution;
  subscriptions_.push_back(bus_.subscribe<order_request>(
      [this](const order_request& order) { on(order); }, std::move(guarded)));
}

void risk::on(const trade& t) {
  if (!desk_.on(t)) return;
  char text[80];
  std::snprintf(text, sizeof text, "drawdown %.2f is over the limit of %.2f", desk_.drawdown(),
                desk_.limits().drawdown_max);
  kill_(text);
}

void risk::on(const order_request& order) {
  const auto report = [this](const auto& verdict) {
    using verdict_type = std::remove_cvref_t<decltype(verdict)>;
    if (bus_.try_post<verdict_type>(verdict)) ++unreported_;
  };
  std::visit(report, desk_.on(order));
}

void blotter::start() {
  subscriptions_.push_back(bus_.subscribe<order_accepted>(
      [this](const order_accepted& a) { on(a); }, options_of<order_accepted>("blotter", 0)));
  subscriptions_.push_back(bus_.subscribe<order_vetoed>([this](const order_vetoed&) { ++vetoed_; },
                                                        options_of<order_vetoed>("blotter", 0)));
}

void blotter::on(const order_accepted& a) {
  ++accepted_;
  if (latest_.size() == kept) latest_.erase(latest_.begin());
  latest_.push_back(a.order);
}

}  // namespace trading
