#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/ring.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/base/limits.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ensue {

/// As a capacity: the writer takes it upon himself that the queue stays small.
inline constexpr std::size_t unbounded = SIZE_MAX;

struct queue_options {
  std::size_t capacity = limits::queue_capacity;
  const char* name = "queue";
};

template <class T>
class fifo_order {
 public:
  std::size_t size() const noexcept { return items_.size(); }
  void put(T&& value) { items_.emplace_back(std::move(value)); }
  T take() { return items_.pop_front(); }
  void clear() noexcept { items_.clear(); }

 private:
  ring<T> items_;
};

template <class T>
class lifo_order {
 public:
  std::size_t size() const noexcept { return items_.size(); }
  void put(T&& value) { items_.emplace_back(std::move(value)); }
  T take() { return items_.pop_back(); }
  void clear() noexcept { items_.clear(); }

 private:
  ring<T> items_;
};

/// Least first; equal ones in the order they came.
template <class T, class Less = std::less<T>>
class priority_order {
 public:
  std::size_t size() const noexcept { return items_.size(); }
  void put(T&& value) {
    items_.emplace_back(std::move(value), sequence_++);
    std::push_heap(items_.begin(), items_.end(), later);
  }
  T take() {
    std::pop_heap(items_.begin(), items_.end(), later);
    T value = std::move(items_.back().value);
    items_.pop_back();
    return value;
  }
  void clear() noexcept { items_.clear(); }

 private:
  struct item {
    item(T&& v, std::uint64_t s) : value{std::move(v)}, sequence{s} {}
    T value;
    std::uint64_t sequence;
  };
  static bool later(const item& a, const item& b) {
    const Less less;
    if (less(b.value, a.value)) return true;
    return !less(a.value, b.value) && a.sequence > b.sequence;
  }
  std::vector<item> items_;
  std::uint64_t sequence_ = 0;
};

/// Values from coroutine to coroutine on one loop, with back-pressure.
///
///     queue<order> orders{rt, {.capacity = 64, .name = "orders"}};
///     (co_await orders.push(std::move(o))).value();
///     while (auto o = co_await orders.pop()) handle(*o);
///
/// Limits: `capacity` values; whoever pushes more waits.
/// Lifetime: must outlive its waiters.
/// Threads: loop thread; from other threads use a promise, an inbox or run_on_loop.
/// Order: as its kind says; both sides are served in the order they came, nobody overtakes.
/// Cancellation: a cancelled wait leaves nothing behind and takes nothing with it.
/// Errors: results, see each. T must move without throwing.
/// Cost: some ns where nobody waits; storage grows to the largest load, then no allocation.
template <class T, class Order>
class basic_queue {
  static_assert(std::is_nothrow_move_constructible_v<T>);

 public:
  using value_type = T;

  explicit basic_queue(runtime& rt, queue_options o = {}) noexcept : rt_{rt}, options_{o} {
    ENSUE_ASSERT(o.capacity > 0, "a queue without room");
  }
  basic_queue(const basic_queue&) = delete;
  basic_queue& operator=(const basic_queue&) = delete;
  ~basic_queue() {
    ENSUE_ASSERT((getters_.empty() && putters_.empty() && joiners_.empty()) || rt_.ending(),
                 "a queue died, coroutines wait for it");
  }

  /// errc::full, errc::closed: `value` was not moved from.
  [[nodiscard]] result<> try_push(T&& value);
  [[nodiscard]] result<> try_push(const T& value) { return try_push(T(value)); }
  /// errc::empty: nothing there now; errc::closed: nothing there and nothing will come.
  [[nodiscard]] result<T> try_pop();

  /// Waits for room.
  /// Cancellation: throws; `value` is not in the queue. Errors: errc::closed, likewise.
  task<result<>> push(T value);
  /// Waits for a value.
  /// Cancellation: throws; no value was taken. Errors: errc::closed: closed and drained.
  task<result<T>> pop();

  /// Reports that a value taken by `pop` is dealt with. errc::invalid: more than were pushed.
  result<> task_done() noexcept;
  /// Waits until every value that was pushed has been reported done (or thrown away by
  /// `close_now`). Cancellation: throws. Errors: none.
  task<> join();

  /// No more values: pushes fail at once, also waiting ones; what is inside can still be popped.
  void close() noexcept;
  /// The same, and what is inside is thrown away.
  void close_now() noexcept;

  std::size_t size() const noexcept { return items_.size(); }
  std::size_t capacity() const noexcept { return options_.capacity; }
  bool empty() const noexcept { return size() == 0; }
  bool full() const noexcept { return size() >= options_.capacity; }
  bool closed() const noexcept { return closed_; }
  std::size_t waiting_to_push() const noexcept { return putters_.size(); }
  std::size_t waiting_to_pop() const noexcept { return getters_.size(); }

 private:
  // A value goes from hand to hand: what a waiter was given, nobody can take from it.
  struct getter : wait_in {
    getter(work_list& list, runtime& rt, const char* what, std::optional<T>& g) noexcept
        : wait_in{list, rt, what}, given{g} {}
    std::optional<T>& given;
  };
  struct putter : wait_in {
    putter(work_list& list, runtime& rt, const char* what, T& v) noexcept
        : wait_in{list, rt, what}, value{v} {}
    T& value;
  };

  void put(T&& value);
  T take();
  void less_unfinished(std::size_t by) noexcept;

  runtime& rt_;
  queue_options options_;
  Order items_;
  std::size_t unfinished_ = 0;
  bool closed_ = false;
  work_list getters_, putters_, joiners_;
};

template <class T>
using queue = basic_queue<T, fifo_order<T>>;
template <class T>
using lifo_queue = basic_queue<T, lifo_order<T>>;
template <class T, class Less = std::less<T>>
using priority_queue = basic_queue<T, priority_order<T, Less>>;

template <class T, class Order>
void basic_queue<T, Order>::put(T&& value) {
  ++unfinished_;
  if (getters_.empty()) return items_.put(std::move(value));
  auto& first = static_cast<getter&>(*getters_.front());
  first.given.emplace(std::move(value));
  first.complete(wait_status::ready);
}

template <class T, class Order>
T basic_queue<T, Order>::take() {
  T value = items_.take();
  if (!putters_.empty()) {
    auto& first = static_cast<putter&>(*putters_.front());
    put(std::move(first.value));
    first.complete(wait_status::ready);
  }
  return value;
}

template <class T, class Order>
result<> basic_queue<T, Order>::try_push(T&& value) {
  if (closed_) return errc::closed;
  if (full()) return errc::full;
  put(std::move(value));
  return {};
}

template <class T, class Order>
result<T> basic_queue<T, Order>::try_pop() {
  if (empty()) return closed_ ? errc::closed : errc::empty;
  return take();
}

template <class T, class Order>
task<result<>> basic_queue<T, Order>::push(T value) {
  if (auto pushed = try_push(std::move(value)); pushed || pushed.error() != errc::full)
    co_return pushed;
  // A full queue has taken nothing of `value`.  NOLINTNEXTLINE(bugprone-use-after-move)
  const wait_status ended = co_await putter(putters_, rt_, options_.name, value);
  if (ended == wait_status::cancelled) throw_cancelled();
  if (ended == wait_status::closed) co_return errc::closed;
  co_return result<>{};
}

template <class T, class Order>
task<result<T>> basic_queue<T, Order>::pop() {
  if (!empty()) co_return take();
  if (closed_) co_return errc::closed;
  std::optional<T> given;
  const wait_status ended = co_await getter(getters_, rt_, options_.name, given);
  if (ended == wait_status::cancelled) throw_cancelled();
  if (ended == wait_status::closed) co_return errc::closed;
  co_return std::move(*given);
}

template <class T, class Order>
result<> basic_queue<T, Order>::task_done() noexcept {
  if (unfinished_ <= items_.size()) return errc::invalid;
  less_unfinished(1);
  return {};
}

template <class T, class Order>
void basic_queue<T, Order>::less_unfinished(std::size_t by) noexcept {
  unfinished_ -= by;
  if (unfinished_ == 0) wake_all(joiners_);
}

template <class T, class Order>
task<> basic_queue<T, Order>::join() {
  if (unfinished_ > 0) co_await wait_or_throw(joiners_, rt_, options_.name);
}

template <class T, class Order>
void basic_queue<T, Order>::close() noexcept {
  closed_ = true;
  wake_all(putters_, wait_status::closed);
  if (empty()) wake_all(getters_, wait_status::closed);
}

template <class T, class Order>
void basic_queue<T, Order>::close_now() noexcept {
  close();
  const std::size_t dropped = size();
  items_.clear();
  less_unfinished(dropped);
}

}  // namespace ensue
