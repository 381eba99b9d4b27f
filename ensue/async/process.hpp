#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/base/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ensue {

/// How a child process ended: by `exit(code)`, or by a signal.
struct exit_status {
  int code = 0;    ///< valid when `signal` is 0
  int signal = 0;  ///< what killed it, or 0
  bool success() const noexcept { return code == 0 && signal == 0; }
};

/// A child process whose end is an event of the loop. Linux (pidfd); real runtime only.
///
///     auto child = process::start(rt, {"/usr/bin/sort", "in.txt"});
///     const exit_status how = co_await child->wait();
///
/// Lifetime: destroying it kills nothing; a child that has ended is collected then.
/// Threads: loop thread.
class process {
 public:
  /// `arguments[0]` is the program, looked up in PATH. It inherits environment and open files.
  /// Errors: what posix_spawnp says (no_such_file_or_directory, …); nothing runs then.
  [[nodiscard]] static result<process> start(runtime& rt, std::vector<std::string> arguments);

  process(process&&) noexcept;
  process& operator=(process&&) noexcept;
  ~process();

  int pid() const noexcept;
  /// Waits for its end; the same answer again afterwards.
  /// Cancellation: throws; the process runs on. Errors: system_error of waitid.
  task<exit_status> wait();
  /// Sends a signal to it; never to another process that got its number. Errors: of the system:
  /// no_such_process when it has ended.
  result<> signal(int number) noexcept;

 private:
  struct state;
  explicit process(std::unique_ptr<state> s) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace ensue
