#include <ensue/async/condition.hpp>

namespace ensue {

task<> condition::wait(permit& held) {
  if (!held.of(mutex_)) throw system_error{error_code{errc::invalid}, "the mutex is not held"};
  static_cast<void>(held.release());
  const wait_status ended = co_await wait_in(waiting_, mutex_.owner(), name_);
  const bool throws = co_await this_coro::throw_if_cancelled();
  co_await this_coro::throw_if_cancelled(false);
  held = co_await mutex_.acquire_firmly();
  co_await this_coro::throw_if_cancelled(throws);
  if (ended == wait_status::cancelled) throw_cancelled();
}

result<> condition::notify(const permit& held, std::size_t count) noexcept {
  if (!held.of(mutex_)) return errc::invalid;
  while (count-- > 0 && wake_one(waiting_)) {
  }
  return {};
}

result<> condition::notify_all(const permit& held) noexcept {
  return notify(held, waiting_.size());
}

}  // namespace ensue
