#include <ensue/async/errors.hpp>
#include <ensue/bus/expect.hpp>

namespace ensue::detail {

task<> wait_for_event(dispatcher& d, work_list& waiting, time_point until) {
  const wait_status end = co_await timed_wait(waiting, d.rt(), "expected event", until);
  if (end == wait_status::cancelled) throw_cancelled();
  if (end == wait_status::closed) throw system_error(errc::timed_out, "expecting an event");
}

void throw_nothing_expected() { throw system_error(errc::closed, "expecting an event"); }

}  // namespace ensue::detail
