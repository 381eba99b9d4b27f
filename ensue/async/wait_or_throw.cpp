#include <ensue/async/wait_or_throw.hpp>

namespace ensue {

task<> wait_firmly(work_list& list, runtime& rt, const char* what,
                   wait_through::owner_function on_cancel, void* owner) {
  const auto state = co_await this_coro::cancellation_state;
  if (on_cancel && state.cancelled() != boost::asio::cancellation_type::none) on_cancel(owner);
  const bool throws = co_await this_coro::throw_if_cancelled();
  co_await this_coro::throw_if_cancelled(false);
  co_await wait_through(list, rt, what, on_cancel, owner);
  co_await this_coro::throw_if_cancelled(throws);
}

}  // namespace ensue
