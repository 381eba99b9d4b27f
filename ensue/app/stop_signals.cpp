#include <ensue/app/stop_signals.hpp>
#include <ensue/base/assert.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace ensue {
namespace {

// What the handlers see. Signals belong to the process, so this is the process's.
struct shared_state {
  std::atomic<bool> used{false};
  std::atomic<int> event{-1};
  std::atomic<int> last{0};
  std::atomic<unsigned> count{0};
  std::atomic<std::int64_t> bound{0}, forced_bound{0};
  std::atomic<int> code{1};
  timer_t timer{};
};
// The one thing a signal handler can reach.
constinit shared_state shared;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

static_assert(std::atomic<std::int64_t>::is_always_lock_free);

int timer_signal() noexcept { return SIGRTMAX; }

// Async-signal-safe, as all below. Never makes a running timer longer.
void start_timer(std::int64_t ns) noexcept {
  itimerspec now{}, wanted{};
  wanted.it_value.tv_sec = ns / 1'000'000'000;
  wanted.it_value.tv_nsec = ns % 1'000'000'000;
  if (timer_gettime(shared.timer, &now) == 0) {
    const std::int64_t left =
        std::int64_t{now.it_value.tv_sec} * 1'000'000'000 + now.it_value.tv_nsec;
    if (left > 0 && left <= ns) return;
  }
  timer_settime(shared.timer, 0, &wanted, nullptr);
}

void say(const char* text) noexcept {
  [[maybe_unused]] const ssize_t n = ::write(STDERR_FILENO, text, std::strlen(text));
}

extern "C" void ensue_on_stop_signal(int number) {
  const int saved = errno;
  const unsigned count = shared.count.fetch_add(1) + 1;
  shared.last.store(number);
  if (count == 1) start_timer(shared.bound.load());
  if (count == 2) start_timer(shared.forced_bound.load());
  if (count > 2) {
    say("ended at once by a third signal\n");
    ::_exit(shared.code.load());
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t n = ::write(shared.event.load(), &one, sizeof one);
  errno = saved;
}

extern "C" void ensue_on_last_resort(int) {
  say("the shutdown did not end in time: a handler holds the loop; ended by force\n");
  ::_exit(shared.code.load());
}

void install(int number, void (*function)(int), struct sigaction* before) {
  struct sigaction action{};
  action.sa_handler = function;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  ::sigaction(number, &action, before);
}

}  // namespace

struct stop_signals::state {
  state(runtime& rt, std::function<void(int, unsigned)> f)
      : event{rt.executor(), ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)}, on_signal{std::move(f)} {}
  boost::asio::posix::stream_descriptor event;
  std::function<void(int, unsigned)> on_signal;
  bool leave_armed = false;
  struct sigaction before_int{}, before_term{}, before_timer{};
};

stop_signals::stop_signals(runtime& rt, const options& o,
                           std::function<void(int, unsigned)> on_signal)
    : state_{std::make_shared<state>(rt, std::move(on_signal))} {
  ENSUE_ASSERT(!shared.used.exchange(true), "two owners of the process's stop signals");
  set_bounds(o.bound, o.forced_bound);
  shared.code = o.code;
  shared.count = 0;
  shared.event = state_->event.native_handle();
  sigevent how{};
  how.sigev_notify = SIGEV_SIGNAL;
  how.sigev_signo = timer_signal();
  const int failed = ::timer_create(CLOCK_MONOTONIC, &how, &shared.timer);
  ENSUE_ASSERT(failed == 0, "no timer left for the last resort");
  install(timer_signal(), &ensue_on_last_resort, &state_->before_timer);
  install(SIGINT, &ensue_on_stop_signal, &state_->before_int);
  install(SIGTERM, &ensue_on_stop_signal, &state_->before_term);
  sigset_t all;
  sigemptyset(&all);
  for (const int n : {SIGINT, SIGTERM, timer_signal()}) sigaddset(&all, n);
  pthread_sigmask(SIG_UNBLOCK, &all, nullptr);  // a parent may have blocked them
  await(state_);
}

stop_signals::~stop_signals() {
  ::sigaction(SIGINT, &state_->before_int, nullptr);
  ::sigaction(SIGTERM, &state_->before_term, nullptr);
  if (!state_->leave_armed) {
    ::timer_delete(shared.timer);
    ::sigaction(timer_signal(), &state_->before_timer, nullptr);
  }
  shared.event = -1;
  state_->on_signal = nullptr;
  boost::system::error_code ignored;
  state_->event.close(ignored);
  shared.used = false;
}

void stop_signals::set_bounds(duration bound, duration forced_bound) noexcept {
  shared.bound = bound.count();
  shared.forced_bound = forced_bound.count();
}

void stop_signals::leave_armed(duration bound) noexcept {
  start_timer(bound.count());
  state_->leave_armed = true;
}

void stop_signals::end_within(duration bound) noexcept { start_timer(bound.count()); }

void stop_signals::await(const std::shared_ptr<state>& s) {
  using boost::asio::posix::stream_descriptor;
  s->event.async_wait(stream_descriptor::wait_read, [s](const boost::system::error_code& ec) {
    if (ec || !s->on_signal) return;
    std::uint64_t seen = 0;
    [[maybe_unused]] const ssize_t n = ::read(s->event.native_handle(), &seen, sizeof seen);
    const auto keep = s;
    keep->on_signal(shared.last.load(), shared.count.load());
    if (keep->on_signal) await(keep);
  });
}

}  // namespace ensue
