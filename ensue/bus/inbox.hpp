#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/bus/lane.hpp>

#include <algorithm>
#include <bit>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace ensue {

namespace detail {

/// Ring of one cache line an event (up to 56 bytes; larger events take more). A slot's sequence
/// word says that it is filled, and how many slots after it were published together with it, so
/// that a burst is seen at once. Source of the layout: docs/decisions/0004-inbox.md.
template <class E>
class lane final : public lane_base {
  struct alignas(cache_line) slot {
    alignas(E) unsigned char event[sizeof(E)];
    std::atomic<std::uint64_t> sequence{0};
  };
  static constexpr std::uint64_t lead = 16;  // slots
  static constexpr int burst_shift = 48;
  static constexpr std::uint64_t position_mask = (std::uint64_t{1} << burst_shift) - 1;

 public:
  explicit lane(std::size_t capacity)
      : slots_(std::bit_ceil(std::max<std::size_t>(capacity, 2))), mask_{slots_.size() - 1} {}
  ~lane() override { discard(); }

  // ---- producer thread ----
  bool has_room(std::uint64_t n = 1) noexcept {
    if (head_ + n - seen_tail_ <= slots_.size()) [[likely]]
      return true;
    seen_tail_ = tail_.load(std::memory_order_acquire);
    return head_ + n - seen_tail_ <= slots_.size();
  }
  void wait(const std::atomic<bool>& closed) noexcept {
    wait_for_room(tail_, producer_waits_, seen_tail_, closed);
  }
  template <class... Args>
  void build(std::uint64_t ahead, Args&&... args) {
    own(slots_[(head_ + ahead + lead) & mask_]);
    ::new (slots_[(head_ + ahead) & mask_].event) E(std::forward<Args>(args)...);
  }
  /// The `n` slots from the head on are filled: one store makes them visible.
  void show(std::uint64_t n) noexcept {
    slots_[head_ & mask_].sequence.store((head_ + 1) | (n - 1) << burst_shift,
                                         std::memory_order_release);
    head_ += n;
  }

  // ---- loop thread ----
  std::size_t drain(dispatcher& d, std::size_t most) override {
    const std::uint64_t begin = next_;
    while (next_ - begin < most && arrived() && !d.inbox_blocked(id_, type_)) {
      take(d);
      if ((next_ & 63) == 0) free_until(next_);
    }
    const std::uint64_t taken = next_ - begin;
    if (taken > 0) free_until(next_);
    return taken;
  }
  std::size_t discard() override {
    const std::uint64_t begin = next_;
    while (arrived()) advance().~E();
    free_until(next_);
    return next_ - begin;
  }
  std::size_t capacity() const noexcept override { return slots_.size(); }

 private:
  /// Fetches the lines of a slot that is written soon. Without it every store waits for its line to
  /// come over from the loop's core, and a caller that builds its event on the stack and hands it
  /// in (narrow stores, then wide loads, which must wait for them) waits with it: 80 ns against 26.
  static void own(slot& s) noexcept {
    auto* const first = reinterpret_cast<unsigned char*>(&s);
    for (std::size_t line = 0; line < sizeof(slot); line += cache_line)
      fetch_to_write(first + line);
  }

  /// The event that is on its way out: destroyed with this.
  struct leaving {
    E& event;
    ~leaving() { event.~E(); }
  };
  bool arrived() noexcept {
    if (in_burst_ > 0) return true;
    const auto word = slots_[next_ & mask_].sequence.load(std::memory_order_acquire);
    if ((word & position_mask) != ((next_ + 1) & position_mask)) return false;
    in_burst_ = (word >> burst_shift) + 1;
    return true;
  }
  E& advance() noexcept {
    --in_burst_;
    return *std::launder(reinterpret_cast<E*>(slots_[next_++ & mask_].event));
  }
  // Advances first: the handler may close the bus, and that discards all but this event.
  void take(dispatcher& d) {
    const leaving taken{advance()};
    (void)d.emit(id_, type_, &taken.event);
  }

  // Never written again, so not beside the tail.
  alignas(cache_line) std::vector<slot> slots_;
  const std::uint64_t mask_;
  const event_type_info& type_ = event_type<E>();
  const event_type_id id_ = type_id<E>();
  alignas(cache_line) std::uint64_t head_ = 0;  // producer
  std::uint64_t seen_tail_ = 0;
  alignas(cache_line) std::uint64_t next_ = 0;  // loop
  std::uint64_t in_burst_ = 0;
};

}  // namespace detail

struct inbox_options {
  std::size_t capacity = limits::inbox_capacity;  ///< events; rounded up to a power of two
};

/// How one other thread hands events to a bus: a bounded lane of its own. Plain handlers run on
/// the loop straight from the lane, as `emit` calls them; while a coroutine handler's queue is full
/// and wants to wait, the lane is not read, and so the producer waits.
///
/// Threads:  made on the loop thread, then used by one producer thread at a time. Several
///           producers: one inbox each. May outlive the bus.
/// Order:    one inbox's events stay in order; between inboxes there is none.
/// Cost:     25 to 50 ns an event across cores, no locked instruction, no fence; a system call only
///           when the loop sleeps or the lane is full for long. An event built in the lane, from
///           the arguments of `publish`, costs half of one built on the stack and handed in.
template <event E>
class inbox {
 public:
  explicit inbox(bus& b, inbox_options o = {})
      : lane_{std::make_shared<detail::lane<E>>(o.capacity)},
        attention_{b.engine().add_lane(lane_)} {}
  inbox(inbox&&) noexcept = default;
  inbox& operator=(inbox&&) = delete;
  ~inbox() {
    if (!lane_) return;
    lane_->producer_left();
    attention_->call();
  }

  /// Hands one event over, waiting while the lane is full. False: the bus is closed, and the event
  /// was not built.
  template <class... Args>
  bool publish(Args&&... args) {
    while (!lane_->has_room()) {
      if (closed()) return false;
      attention_->call();
      lane_->wait(attention_->closed);
    }
    if (closed()) [[unlikely]]
      return false;
    lane_->build(0, std::forward<Args>(args)...);
    lane_->show(1);
    attention_->call();
    return true;
  }

  /// As above, but false instead of waiting.
  template <class... Args>
  [[nodiscard]] bool try_publish(Args&&... args) {
    return !closed() && lane_->has_room() && publish(std::forward<Args>(args)...);
  }

  /// Hands over `n` events; up to 64 (or the capacity) become visible together. `make(i)` returns
  /// the i-th. Returns how many were handed over: fewer than n when closed.
  template <class Make>
  std::size_t burst(std::size_t n, Make&& make) {
    std::size_t i = 0;
    while (i < n) {
      const std::size_t part = std::min({n - i, burst_max, lane_->capacity()});
      while (!lane_->has_room(part)) {
        if (closed()) return i;
        attention_->call();
        lane_->wait(attention_->closed);
      }
      if (closed()) return i;
      for (std::size_t k = 0; k < part; ++k) lane_->build(k, make(i + k));
      lane_->show(part);
      attention_->call();
      i += part;
    }
    return i;
  }

  bool closed() const noexcept { return attention_->closed.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t burst_max = 64;
  std::shared_ptr<detail::lane<E>> lane_;
  std::shared_ptr<loop_attention> attention_;
};

}  // namespace ensue
