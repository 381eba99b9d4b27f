#include <ensue/async/task.hpp>
#include <ensue/sim/guard.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace ensue;

namespace {

std::vector<std::string> calls;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
void record(const char* call) noexcept { calls.emplace_back(call); }

// Which forbidden calls `f` makes when it runs as a step.
std::vector<std::string> caught_in_step(const std::function<void()>& f) {
  calls.clear();
  const auto before = sim::guard::on_violation(record);
  sim::world w;
  w.rt().run_on_loop(f);
  w.run();
  sim::guard::on_violation(before);
  return calls;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("clocks are caught inside a step") {
  CHECK(caught_in_step([] { (void)std::chrono::steady_clock::now(); }) == names{"clock_gettime"});
  CHECK(caught_in_step([] { (void)std::chrono::system_clock::now(); }) == names{"clock_gettime"});
  CHECK(caught_in_step([] { (void)std::time(nullptr); }) == names{"time"});
}

TEST_CASE("sleeping is caught inside a step") {
  const auto found =
      caught_in_step([] { std::this_thread::sleep_for(std::chrono::nanoseconds{1}); });
  REQUIRE(found.size() == 1);
  CHECK(found[0].find("nanosleep") != std::string::npos);
}

TEST_CASE("threads are caught inside a step") {
  CHECK(caught_in_step([] { std::thread{[] {}}.join(); }) == names{"pthread_create"});
}

TEST_CASE("real randomness is caught inside a step") {
  CHECK(caught_in_step([] { (void)std::random_device{}(); }) == names{"std::random_device"});
  CHECK(caught_in_step([] { (void)std::rand(); }) == names{"rand"});
}

TEST_CASE("outside a step, and where it is allowed, everything passes through") {
  CHECK(caught_in_step([] {
          const sim::guard::allow output;
          (void)std::chrono::steady_clock::now();
        }).empty());
  CHECK(caught_in_step([] {}).empty());
  const auto a = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(std::chrono::nanoseconds{1});
  CHECK(std::chrono::steady_clock::now() > a);
  bool ran = false;
  std::thread{[&] { ran = true; }}.join();
  CHECK(ran);
  CHECK(std::random_device{}() != std::random_device{}());
}

TEST_CASE("without a handler the program ends and says who called what") {
  int output[2];
  REQUIRE(pipe(output) == 0);
  const pid_t child = fork();
  if (child == 0) {
    dup2(output[1], STDERR_FILENO);
    std::signal(SIGABRT, SIG_DFL);  // not the test runner's, which prints a report
    sim::world w{7};
    w.rt().run_on_loop([&] {
      w.rt().set_running("buyer");
      (void)std::chrono::steady_clock::now();
    });
    w.run();
    _exit(0);
  }
  close(output[1]);
  std::string text(4096, '\0');
  const ssize_t size = read(output[0], text.data(), text.size());
  close(output[0]);
  int status = 0;
  waitpid(child, &status, 0);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  CHECK(WIFSIGNALED(status));
  CHECK(text.find("clock_gettime called inside the simulation") != std::string::npos);
  CHECK(text.find("main: buyer after ") != std::string::npos);
  CHECK(text.find("seed 7") != std::string::npos);
}
