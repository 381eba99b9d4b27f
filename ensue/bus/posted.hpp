#pragma once

#include <ensue/async/task.hpp>

#include <boost/asio/async_result.hpp>

#include <utility>

namespace ensue {

/// What `post` gives back: the event has been accepted already, or waits for room. `co_await` it
/// in a task, or hand it on as a task<>; unlike a task, an accepted one costs nothing to await.
/// Dropped while it waits: the event was not accepted anywhere.
class [[nodiscard]] posted {
 public:
  posted() = default;
  explicit posted(task<> rest) noexcept : rest_{std::move(rest)} {}

  bool accepted() const noexcept { return !rest_.valid(); }
  /// What is left to wait for; not valid() when accepted.
  /// Cancellation: and Errors: as the `post` it comes from.
  task<> take_rest() noexcept { return std::move(rest_); }
  // Implicit on purpose: it goes wherever a task<> does.
  operator task<>() &&;  // NOLINT(google-explicit-constructor)

  /// Tells Asio that this can be awaited in a task; other completion tokens need a task<>.
  template <boost::asio::completion_token_for<void()> Token>
  auto operator()(Token&& token) {
    return boost::asio::async_initiate<Token, void()>(
        [](auto&& handler) {
          static_assert(sizeof(handler) == 0, "make it a task<> for anything but co_await");
        },
        token);
  }

 private:
  task<> rest_;
};

}  // namespace ensue

/// How a coroutine of Asio awaits it: not at all when there is nothing to wait for.
template <class Signature>
class boost::asio::detail::awaitable_async_op<Signature, ensue::posted,
                                              boost::asio::any_io_executor> {
 public:
  awaitable_async_op(ensue::posted&& p, const void*) noexcept : rest_{p.take_rest()} {}
  bool await_ready() const noexcept { return !rest_.valid(); }
  template <class Handle>
  void await_suspend(Handle h) {
    rest_.await_suspend(h);
  }
  void await_resume() {
    if (rest_.valid()) rest_.await_resume();
  }

 private:
  ensue::task<> rest_;
};
