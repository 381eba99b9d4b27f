#include "feed.hpp"

#include <ensue/async/offload.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/wait.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace trading {
namespace {

using namespace std::chrono_literals;
constexpr ensue::duration pace_slice = 200ms;

}  // namespace

feed::feed(ensue::bus& bus, options o)
    : bus_{bus}, options_{std::move(o)}, batch_(options_.speed > 0 ? 1 : batch) {}

market_source::status feed::parse(market_source& source) {
  const auto began = bus_.rt().now();
  auto status = market_source::status::event;
  filled_ = 0;
  while (filled_ < batch_.size() && status == market_source::status::event) {
    status = source.next(batch_[filled_]);
    filled_ += status == market_source::status::event;
  }
  spent_.parsing += bus_.rt().now() - began;
  return status;
}

void feed::emit(const market_event& event) {
  const auto result = std::visit([&](const auto& e) { return bus_.emit(e); }, event);
  ++events_;
  failures_ += result.failed;
}

void feed::emit_batch() {
  auto& rt = bus_.rt();
  const auto began = rt.now();
  emit(batch_[0]);
  const auto first = rt.now();
  latency_.record(first - began);
  for (std::size_t n = 1; n < filled_; ++n) emit(batch_[n]);
  spent_.bus += (filled_ == 1 ? first : rt.now()) - began;
}

ensue::task<> feed::keep_pace(std::int64_t stamp_ns) {
  auto& rt = bus_.rt();
  if (first_stamp_ns_ < 0) {
    first_stamp_ns_ = stamp_ns;
    first_at_ = rt.now();
  }
  const double since = static_cast<double>(stamp_ns - first_stamp_ns_) / options_.speed;
  const auto due =
      ensue::saturating_add(first_at_, ensue::duration{static_cast<std::int64_t>(since)});
  // In slices, so that a stop need not wait for the end of a silence.
  while (!stopping_ && due > rt.now()) {
    const auto slice = std::min(due, rt.now() + pace_slice);
    co_await ensue::sleep_until(rt, slice, "the tape's pace");
  }
}

/// A file is read here; a pipe may be slow and is waited for on another thread.
ensue::task<> feed::refill(market_source& source) {
  const auto began = bus_.rt().now();
  if (source.slow()) {
    co_await ensue::offload(bus_.rt(), [&source] { source.fill(); });
  } else {
    source.fill();
  }
  spent_.reading += bus_.rt().now() - began;
}

ensue::task<> feed::play(market_source& source) {
  auto& rt = bus_.rt();
  first_stamp_ns_ = -1;
  playing_ = &source;
  while (!stopping_) {
    const auto status = parse(source);
    if (filled_ != 0 && options_.speed > 0) co_await keep_pace(tick_of(batch_[0]).stamp_ns);
    if (stopping_) break;
    if (filled_ != 0) emit_batch();
    if (!bus_.idle()) co_await bus_.wait_idle();
    if (options_.beat) options_.beat();
    if (status == market_source::status::end) break;
    if (status == market_source::status::starved) co_await refill(source);
    co_await ensue::yield(rt);
  }
  playing_ = nullptr;
}

}  // namespace trading
