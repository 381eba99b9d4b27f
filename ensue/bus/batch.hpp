#pragma once

#include <ensue/bus/context.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/options.hpp>

#include <cstddef>
#include <functional>
#include <iterator>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

namespace ensue {

/// Events handed to a handler together, in the order they were queued: a range of `const E&`, valid
/// during the call.
template <class E>
class batch {
 public:
  class iterator {
   public:
    using value_type = E;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    explicit iterator(const void* const* at) noexcept : at_{at} {}
    const E& operator*() const noexcept { return *static_cast<const E*>(*at_); }
    const E* operator->() const noexcept { return static_cast<const E*>(*at_); }
    iterator& operator++() noexcept { return ++at_, *this; }
    iterator operator++(int) noexcept { return iterator{at_++}; }
    bool operator==(const iterator&) const = default;

   private:
    const void* const* at_ = nullptr;
  };

  explicit batch(std::span<const void* const> events) noexcept : events_{events} {}
  std::size_t size() const noexcept { return events_.size(); }
  const E& operator[](std::size_t i) const noexcept { return *static_cast<const E*>(events_[i]); }
  iterator begin() const noexcept { return iterator{events_.data()}; }
  iterator end() const noexcept { return iterator{events_.data() + events_.size()}; }

 private:
  std::span<const void* const> events_;
};

/// A batch is handed over when the first of its bounds is reached. Events that wait for theirs are
/// out of the queue and count as in flight: at most `count` for each of `concurrency`.
template <class E>
struct batch_options {
  std::string name{};
  std::size_t count = 100;
  std::size_t bytes = 0;                           ///< 0: no such bound
  std::function<std::size_t(const E&)> size_of{};  ///< default: sizeof(E); for `bytes`
  duration wait = std::chrono::milliseconds{100};  ///< since the first event of the batch came
  int priority = 0;
  std::function<bool(const E&)> where{};
  std::size_t capacity = limits::queue_capacity;
  overflow on_full = overflow::wait;
  duration wait_max = duration::max();
  unsigned concurrency = 1;  ///< batches handled at once
  std::function<void(const failure&)> on_error{};
  std::string component{};
  bool exempt = false;
};

namespace detail {

template <class E>
subscription_settings erase(batch_options<E>&& o) {
  ENSUE_ASSERT(o.count > 0, "a batch of no events means nothing");
  return {.name = std::move(o.name),
          .priority = o.priority,
          .capacity = o.capacity,
          .on_full = o.on_full,
          .wait_max = o.wait_max,
          .concurrency = o.concurrency,
          .on_error = std::move(o.on_error),
          .component = std::move(o.component),
          .batches = {o.count, o.bytes, o.wait},
          .exempt = o.exempt};
}

template <class F, class E>
concept batch_handler_of =
    std::invocable<F&, const batch<E>&> || std::invocable<F&, const batch<E>&, context&>;

template <class E, class F>
class batch_handler final : public handler {
 public:
  batch_handler(F f, std::function<bool(const E&)> where,
                std::function<std::size_t(const E&)> size_of)
      : f_{std::move(f)}, where_{std::move(where)}, size_of_{std::move(size_of)} {
    coroutine_ = true;  // always by way of the queue
    has_filter_ = static_cast<bool>(where_);
  }

  bool accepts(const void* e, const event_type_info&) const override {
    return !where_ || where_(*static_cast<const E*>(e));
  }
  std::uint64_t key(const void*, const event_type_info&) const override { return 0; }
  void run(const void*, context&) override {}
  task<> start(const void* e, context& c) override { return start_batch({&e, 1}, c); }
  std::size_t bytes(const void* e) const override {
    return size_of_ ? size_of_(*static_cast<const E*>(e)) : sizeof(E);
  }

  task<> start_batch(std::span<const void* const> events, context& c) override {
    const batch<E> all{events};
    if constexpr (std::invocable<F&, const batch<E>&, context&>) {
      using R = std::invoke_result_t<F&, const batch<E>&, context&>;
      if constexpr (task_value<R>::is_task) {
        co_await f_(all, c);
      } else {
        f_(all, c);
      }
    } else {
      using R = std::invoke_result_t<F&, const batch<E>&>;
      if constexpr (task_value<R>::is_task) {
        co_await f_(all);
      } else {
        f_(all);
      }
    }
    co_return;
  }

 private:
  F f_;
  std::function<bool(const E&)> where_;
  std::function<std::size_t(const E&)> size_of_;
};

}  // namespace detail
}  // namespace ensue
