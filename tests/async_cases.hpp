#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <exception>
#include <string>

/// What the behaviour tests of the async layer share.
namespace ensue::cases {

using namespace std::chrono_literals;

inline sim::options fifo() {
  sim::options o;
  o.order = sim::order::fifo;
  return o;
}

/// Runs the coroutine `body(rt)` in a simulated world that keeps the order a real loop has.
template <class F>
void run(F body, const sim::options& o = fifo()) {
  sim::world w{o};
  w.block_on(body(w.rt()));
}

/// What was thrown, nesting included: "[no stock, [no route], cancelled]".
inline std::string shape(const std::exception_ptr& e) {
  if (!e) return "nothing";
  try {
    std::rethrow_exception(e);
  } catch (const error_group& group) {
    std::string text = "[";
    for (const std::exception_ptr& member : group.errors()) {
      if (text.size() > 1) text += ", ";
      text += shape(member);
    }
    return text + "]";
  } catch (const system_error& error) {
    if (is_cancellation(error.code())) return "cancelled";
    return error.code().message();
  } catch (const std::exception& error) {
    return error.what();
  } catch (int value) {
    return std::to_string(value);
  }
}

/// How `work` ends: the shape of what it throws, or "nothing". Owner's cancellation included.
template <class T>
task<std::string> outcome(task<T> work) {
  std::exception_ptr thrown;
  try {
    static_cast<void>(co_await std::move(work));
  } catch (...) {
    thrown = std::current_exception();
  }
  co_return shape(thrown);
}

/// Waits for all in `s`; their errors are looked at through the children.
inline task<> settle(scope& s) {
  try {
    co_await s.join();
  } catch (const error_group&) {
  }
}

inline task<> yields(runtime& rt, int times) {
  for (int i = 0; i < times; ++i) co_await yield(rt);
}

inline task<> sleep_task(runtime& rt, duration d) { co_await sleep_for(rt, d); }

inline task<> fail_after(runtime& rt, duration d, const char* text) {
  co_await sleep_for(rt, d);
  throw std::runtime_error{text};
}

/// Sleeps long; when cancelled, fails with `text` instead.
inline task<> fail_in_cleanup(runtime& rt, const char* text) {
  try {
    co_await sleep_for(rt, 1h);
  } catch (const system_error&) {
    throw std::runtime_error{text};
  }
}

inline task<bool> is_cancelled() {
  const auto state = co_await this_coro::cancellation_state;
  co_return state.cancelled() != boost::asio::cancellation_type::none;
}

}  // namespace ensue::cases
