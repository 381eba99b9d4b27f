#include <ensue/async/process_barrier.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/inbox_hub.hpp>
#include <ensue/bus/on_stack.hpp>

#include <algorithm>

namespace ensue {
namespace {

// One lane's share of a turn of the loop: others get their chance in between.
constexpr std::size_t lane_batch = 1024;

// A consumer as fast as its producer finds one event at each look, and every event costs both of
// them a cache line's round trip. It is better to let some arrive: after fewer than `few` events
// the loop looks away for `hold_off` pauses, about a microsecond.
constexpr std::size_t few = 64;
constexpr int hold_off = 32;

// Long enough to outlast a consumer that is busy, short against the cost of a kernel sleep.
constexpr int spins_before_sleep = 2000;

inline void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

void wait_for_room(std::atomic<std::uint64_t>& tail, std::atomic<bool>& waits, std::uint64_t seen,
                   const std::atomic<bool>& closed) noexcept {
  for (int i = 0; i < spins_before_sleep; ++i) {
    if (tail.load(std::memory_order_acquire) != seen || closed.load(std::memory_order_relaxed))
      return;
    pause();
  }
  waits.store(true, std::memory_order_seq_cst);
  process_barrier();  // for lane_base::free_until
  if (!closed.load(std::memory_order_seq_cst)) tail.wait(seen, std::memory_order_seq_cst);
  waits.store(false, std::memory_order_relaxed);
}

inbox_hub::inbox_hub(dispatcher& d)
    : dispatcher_{d}, attention_{std::make_shared<loop_attention>()} {
  attention_->rt = &d.rt();
  attention_->fence_needed = !d.rt().barrier_on_sleep();
  d.rt().add_poller(*this);
}

inbox_hub::~inbox_hub() {
  close();
  dispatcher_.rt().remove_poller(*this);
}

std::shared_ptr<loop_attention> inbox_hub::add(std::shared_ptr<lane_base> lane) {
  lanes_.push_back(std::move(lane));
  return attention_;
}

bool inbox_hub::poll() {
  std::size_t taken = 0;
  bool slack = true;  // no lane had many
  // A handler may destroy the bus: this hub and its lanes live on until the poll is left.
  const dispatcher::on_stack keep{dispatcher_};
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    lane_base& lane = *lanes_[i];
    const bool had_left = lane.abandoned();  // before the last look, or its last event is missed
    const std::size_t n = lane.drain(dispatcher_, lane_batch);
    taken += n;
    slack &= n < std::min(few, lane.capacity() / 2);
    if (attention_->closed.load(std::memory_order_relaxed)) return taken > 0;
    if (n == 0 && had_left) lanes_.erase(lanes_.begin() + static_cast<std::ptrdiff_t>(i--));
  }
  if (taken > 0 && slack && dispatcher_.idle())  // what is queued is pause enough
    for (int i = 0; i < hold_off; ++i) pause();
  return taken > 0;
}

std::size_t inbox_hub::close() {
  if (attention_->closed.exchange(true, std::memory_order_seq_cst)) return 0;
  std::size_t left = 0;
  for (const auto& lane : lanes_) {
    left += lane->discard();
    lane->notify_producer();
  }
  return left;
}

}  // namespace ensue
