#include <ensue/async/process.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include <cerrno>
#include <csignal>
#include <optional>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): POSIX

namespace ensue {
namespace {

error_code last_error() { return {errno, boost::system::system_category()}; }

result<pid_t> spawn(std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int failed = posix_spawnp(&pid, argv[0], nullptr, nullptr, argv.data(), environ);
  if (failed) return error_code{failed, boost::system::system_category()};
  return pid;
}

exit_status status_of(const siginfo_t& info) {
  if (info.si_code == CLD_EXITED) return {.code = info.si_status, .signal = 0};
  return {.code = 0, .signal = info.si_status};
}

}  // namespace

struct process::state {
  state(runtime& rt, pid_t p, int fd) : pid{p}, descriptor{rt.executor(), fd} {}
  ~state() {
    siginfo_t info{};
    if (!ended) waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG);
  }
  pid_t pid;
  boost::asio::posix::stream_descriptor descriptor;  // readable once the process has ended
  std::optional<exit_status> ended;
};

process::process(std::unique_ptr<state> s) noexcept : state_{std::move(s)} {}
process::process(process&&) noexcept = default;
process& process::operator=(process&&) noexcept = default;
process::~process() = default;

result<process> process::start(runtime& rt, std::vector<std::string> arguments) {
  if (arguments.empty()) return errc::invalid;
  const result<pid_t> pid = spawn(arguments);
  if (!pid) return pid.error();
  const auto fd = static_cast<int>(syscall(SYS_pidfd_open, *pid, 0));
  if (fd < 0) return last_error();
  return process{std::make_unique<state>(rt, *pid, fd)};
}

int process::pid() const noexcept { return state_->pid; }

task<exit_status> process::wait() {
  if (!state_->ended) {
    using boost::asio::posix::stream_descriptor;
    co_await state_->descriptor.async_wait(stream_descriptor::wait_read,
                                           boost::asio::use_awaitable);
    siginfo_t info{};
    if (waitid(P_PID, static_cast<id_t>(state_->pid), &info, WEXITED) != 0)
      throw boost::system::system_error{last_error(), "waitid"};
    state_->ended = status_of(info);
  }
  co_return *state_->ended;
}

result<> process::signal(int number) noexcept {
  const int fd = state_->descriptor.native_handle();
  if (syscall(SYS_pidfd_send_signal, fd, number, nullptr, 0) != 0) return last_error();
  return {};
}

}  // namespace ensue
