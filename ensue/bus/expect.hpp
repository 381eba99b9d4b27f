#pragma once

#include <ensue/async/timed_wait.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/subscription.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace ensue::detail {

/// An event that somebody waits for, shared by the waiting task and the handler that hears it.
template <class E>
struct expectation {
  std::optional<E> event;
  work_list waiting;
};

/// The handler of an expectation. When it goes, nothing will be heard any more.
template <class E>
class listener {
 public:
  explicit listener(std::shared_ptr<expectation<E>> to) noexcept : to_{std::move(to)} {}
  listener(listener&&) noexcept = default;
  listener& operator=(listener&&) = delete;
  ~listener() {
    if (to_) wake_all(to_->waiting);
  }
  void operator()(const E& e) {
    to_->event.emplace(e);
    wake_all(to_->waiting);
  }

 private:
  std::shared_ptr<expectation<E>> to_;
};

/// Waits in the list; throws when it was cancelled or the time has come.
task<> wait_for_event(dispatcher& d, work_list& waiting, time_point until);
[[noreturn]] void throw_nothing_expected();

template <class E>
task<E> await_expected(std::shared_ptr<dispatcher> d, std::shared_ptr<expectation<E>> heard,
                       subscription listening, time_point until) {
  if (!heard->event && listening.active()) co_await wait_for_event(*d, heard->waiting, until);
  if (!heard->event) throw_nothing_expected();
  co_return std::move(*heard->event);
}

}  // namespace ensue::detail
