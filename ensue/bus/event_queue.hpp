#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/bus/record.hpp>

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

namespace ensue {

/// One event of a queue.
struct queued_event {
  record* rec = nullptr;       ///< null: the event was built in the queue itself
  const void* view = nullptr;  ///< the event as the handler's type
};

/// Events that may be built in a queue: moved by copying their bytes, gone without a destructor.
inline constexpr std::size_t in_queue_max = 256;  // bytes
template <class E>
constexpr bool fits_in_queue = std::is_trivially_copyable_v<E> && sizeof(E) <= in_queue_max &&
                               alignof(E) <= alignof(std::max_align_t);

/// The events that wait for one subscription, oldest first, in one block that doubles when full
/// and never shrinks. An entry refers to a shared record, or holds a small event itself: that one
/// is written once and read where it lies. Loop thread only.
class event_queue {
 public:
  explicit event_queue(std::size_t capacity) noexcept : capacity_{capacity} {}
  event_queue(const event_queue&) = delete;
  event_queue& operator=(const event_queue&) = delete;
  ~event_queue() = default;  // its owner has dropped what was left

  bool empty() const noexcept { return head_ == tail_; }
  std::size_t size() const noexcept { return tail_ - head_; }

  /// Only while there are fewer than `capacity` events.
  void push(record& r, const void* view) {
    if (next_ == limit_) [[unlikely]]
      make_way();
    header& h = *reinterpret_cast<header*>(next_);
    h.rec = &r;
    h.view = view;
    next_ += stride_;
    ++tail_;
    ++pushed_;
  }

  /// From now on entries have room for an event of `size` bytes.
  void widen(std::size_t size);
  /// Room for an event behind the youngest, until `commit` queues what was built there; null:
  /// full. `widen` comes before the first.
  void* place() {
    if (next_ == limit_) [[unlikely]]
      if (!make_way()) return nullptr;
    return next_ + sizeof(header);
  }
  void commit(time_point accepted_at) noexcept {
    header& h = *reinterpret_cast<header*>(next_);
    h.rec = nullptr;
    h.accepted_at = accepted_at.time_since_epoch().count();
    next_ += stride_;
    ++tail_;
  }
  /// How many were ever built in place.
  std::size_t placed() const noexcept { return tail_ - pushed_; }

  /// Takes the oldest out.
  queued_event pop() noexcept {
    const queued_event q = read(at(head_++));
    if (readers_ == 0) kept_ = head_;
    return q;
  }
  /// The `i`-th from the oldest on.
  queued_event operator[](std::size_t i) noexcept { return read(at(head_ + i)); }
  void replace(std::size_t i, record& r, const void* view) noexcept {
    header& h = at(head_ + i);
    h.rec = &r;
    h.view = view;
  }

  /// Takes events out and leaves each where it lies until the next one is taken: its handler may
  /// queue more meanwhile. One inside the other: the inner one's events stay until the outer ends.
  class reader {
   public:
    explicit reader(event_queue& q) noexcept : queue_{q} { ++q.readers_; }
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;
    ~reader() {
      if (--queue_.readers_ > 0) return;
      queue_.kept_ = queue_.head_;
      if (!queue_.retired_.empty()) [[unlikely]]
        queue_.retired_.clear();
    }
    /// When the event that `next` gives next was accepted.
    time_point accepted_at() const noexcept {
      const header& h = queue_.at(queue_.head_);
      return h.rec ? h.rec->accepted_at : time_point{duration{h.accepted_at}};
    }
    queued_event next() noexcept {
      if (queue_.readers_ == 1) [[likely]]
        queue_.kept_ = queue_.head_;
      return read(queue_.at(queue_.head_++));
    }

   private:
    event_queue& queue_;
  };

 private:
  struct alignas(std::max_align_t) header {
    record* rec;
    union {
      const void* view;
      duration::rep accepted_at;
    };
  };
  static_assert(sizeof(header) == 16);

  header& at(std::size_t position) const noexcept {
    return *reinterpret_cast<header*>(block_.get() + (position & (count_ - 1)) * stride_);
  }
  static queued_event read(header& h) noexcept {
    return {h.rec, h.rec ? h.view : static_cast<const void*>(&h + 1)};
  }
  bool make_way();
  void rebuild(std::size_t count, std::size_t stride);

  // Entries from next_ up to limit_ are free, in one piece and within the bound: they were when
  // somebody looked last.
  std::byte* next_ = nullptr;
  std::byte* limit_ = nullptr;
  std::size_t stride_ = sizeof(header);
  std::size_t tail_ = 0, head_ = 0;
  std::size_t kept_ = 0;    // <= head_; from here on entries are in use
  std::size_t pushed_ = 0;  // of all that ever came: those with a record
  std::size_t count_ = 0;   // entries; 0 or a power of two
  const std::size_t capacity_;
  unsigned readers_ = 0;
  std::unique_ptr<std::byte[]> block_;
  std::vector<std::unique_ptr<std::byte[]>> retired_;  // a handler may read its event there
};

}  // namespace ensue
