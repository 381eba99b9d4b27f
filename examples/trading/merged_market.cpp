#include "merged_market.hpp"

#include <algorithm>
#include <utility>

namespace trading {
namespace {

bool since_midnight(const tick& t) { return t.form != tape_form::crypto; }

}  // namespace

merged_market::merged_market(const sources& merged) {
  for (const auto& source : merged) inputs_.push_back({.source = source.get()});
}

/// False: it must be filled first.
bool merged_market::look(input& in, market_event& head) {
  if (in.state != status::starved) return true;
  in.state = in.source->next(head);
  in.dry = in.state == status::starved;
  return !in.dry;
}

merged_market::input* merged_market::earliest() {
  input* first = nullptr;
  for (auto& in : inputs_) {
    if (in.state != status::event) continue;
    const tick& t = tick_of(in.head);
    if (!std::exchange(begun_, true)) since_midnight_ = since_midnight(t);
    if (since_midnight(t) != since_midnight_) continue;
    if (!first || t.stamp_ns < tick_of(first->head).stamp_ns) first = &in;
  }
  return first;
}

merged_market::status merged_market::next(market_event& out) {
  if (inputs_.size() == 1) {
    auto& only = inputs_[0];
    look(only, out);
    return only.state == status::event ? std::exchange(only.state, status::starved) : only.state;
  }
  bool ready = true;
  for (auto& in : inputs_) ready = look(in, in.head) && ready;
  if (!ready) return status::starved;
  input* const first = earliest();
  if (!first) {
    begun_ = false;
    return status::end;
  }
  std::swap(out, first->head);  // keeps the memory of both
  first->state = status::starved;
  return status::event;
}

bool merged_market::over() const noexcept {
  return std::ranges::all_of(inputs_, [](const input& in) { return in.state == status::end; });
}

void merged_market::fill() {
  for (auto& in : inputs_)
    if (in.dry) in.source->fill();
}

void merged_market::interrupt() noexcept {
  for (auto& in : inputs_) in.source->interrupt();
}

bool merged_market::slow() const noexcept {
  return std::ranges::any_of(inputs_, [](const input& in) { return in.dry && in.source->slow(); });
}

std::string merged_market::name() const {
  return inputs_.size() == 1 ? inputs_[0].source->name()
                             : std::to_string(inputs_.size()) + " tapes";
}

std::int64_t merged_market::rows() const noexcept {
  std::int64_t sum = 0;
  for (const auto& in : inputs_) sum += in.source->rows();
  return sum;
}

double merged_market::progress() const noexcept {
  double sum = 0;
  for (const auto& in : inputs_) {
    const double part = in.source->progress();
    if (part < 0) return -1;
    sum += part;
  }
  return sum / static_cast<double>(inputs_.size());
}

}  // namespace trading
