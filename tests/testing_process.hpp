#pragma once

#include <doctest/doctest.h>

#include <csignal>
#include <cstring>
#include <functional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace ensue {

/// Under ThreadSanitizer a signal's handler runs at the next intercepted call only, so a process
/// that computes without one never sees it: what tests that cannot be run there.
#if defined(__SANITIZE_THREAD__)
inline constexpr bool signals_wait_for_calls = true;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool signals_wait_for_calls = true;
#else
inline constexpr bool signals_wait_for_calls = false;
#endif
#else
inline constexpr bool signals_wait_for_calls = false;
#endif

/// Tells the parent a word.
inline void say(int pipe, std::string_view word) {
  const std::string line = std::string{word} + "\n";
  [[maybe_unused]] const ssize_t n = ::write(pipe, line.data(), line.size());
}

/// A real process for a test: a fork that runs `main` and ends with its result. Nothing waits
/// longer than `patience_ms` for it; what is still there at the end is killed.
class testing_process {
 public:
  explicit testing_process(const std::function<int(int)>& main, bool quiet = true) {
    int words[2], input[2];
    REQUIRE(::pipe(words) == 0);
    REQUIRE(::pipe(input) == 0);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::close(words[0]);
      ::close(input[1]);
      ::dup2(input[0], STDIN_FILENO);
      if (quiet) [[maybe_unused]]
        const bool ok = ::freopen("/dev/null", "w", stderr) != nullptr;
      for (const int n : {SIGINT, SIGTERM, SIGABRT, SIGSEGV}) ::signal(n, SIG_DFL);
      int code = 99;
      try {
        code = main(words[1]);
      } catch (...) {
        say(words[1], "thrown");
      }
      ::_exit(code);
    }
    ::close(words[1]);
    ::close(input[0]);
    words_ = words[0];
    input_ = input[1];
  }
  testing_process(const testing_process&) = delete;
  testing_process& operator=(const testing_process&) = delete;
  ~testing_process() {
    if (pid_ > 0 && running()) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::close(words_);
    close_input();
  }

  int pid() const noexcept { return pid_; }
  void kill(int number) const { ::kill(pid_, number); }
  void close_input() {
    if (input_ >= 0) ::close(std::exchange(input_, -1));
  }

  /// The next word the process says; "" when it ended or takes too long.
  std::string word() {
    std::string line;
    char c = 0;
    pollfd ready{words_, POLLIN, 0};
    while (::poll(&ready, 1, patience_ms) == 1 && ::read(words_, &c, 1) == 1 && c != '\n')
      line += c;
    return line;
  }
  void expect(const char* wanted) { REQUIRE(word() == wanted); }

  bool running() {
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
  }
  /// Its exit code, or the negative number of the signal that ended it; -1000: it goes on for ever.
  int wait() {
    const std::string rest = word();  // the pipe closes when it ends
    if (!rest.empty()) return -2000;
    pollfd ready{words_, POLLIN, 0};
    if (::poll(&ready, 1, patience_ms) != 1) return -1000;
    int status = 0;
    if (::wait4(pid_, &status, 0, &usage_) != pid_) return -3000;
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  /// Processor time it used; after `wait`.
  long used_ms() const noexcept {
    const auto ms = [](const timeval& t) { return t.tv_sec * 1000 + t.tv_usec / 1000; };
    return static_cast<long>(ms(usage_.ru_utime) + ms(usage_.ru_stime));
  }
  /// How often it went to sleep of its own will; after `wait`.
  long switches() const noexcept { return usage_.ru_nvcsw; }

 private:
  static constexpr int patience_ms = 20'000;
  int pid_ = -1, words_ = -1, input_ = -1;
  rusage usage_{};
};

}  // namespace ensue
