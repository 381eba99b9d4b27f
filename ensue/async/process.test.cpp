#include <ensue/async/deadline.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/process.hpp>

#include <doctest/doctest.h>

#include <csignal>

using namespace ensue;
using namespace std::chrono_literals;

TEST_CASE("the end of a child process is an event with its exit code") {
  loop_runtime rt;
  result<process> p = process::start(rt, {"sh", "-c", "exit 3"});
  REQUIRE(p.has_value());
  CHECK(p->pid() > 0);
  const exit_status how = block_on(rt, p->wait());
  CHECK(how.code == 3);
  CHECK(how.signal == 0);
  CHECK_FALSE(how.success());
  CHECK(block_on(rt, p->wait()).code == 3);
}

TEST_CASE("a child that is killed says by what; waiting can be given up before") {
  loop_runtime rt;
  result<process> p = process::start(rt, {"sleep", "1000"});
  REQUIRE(p.has_value());
  const auto body = [&]() -> task<> {
    bool timed_out = false;
    try {
      co_await with_timeout(rt, 1ms, p->wait());
    } catch (const system_error& e) {
      timed_out = e.code() == errc::timed_out;
    }
    CHECK(timed_out);
    CHECK(p->signal(SIGTERM).has_value());
    const exit_status how = co_await p->wait();
    CHECK(how.signal == SIGTERM);
  };
  block_on(rt, body());
  CHECK_FALSE(p->signal(SIGTERM).has_value());
}

TEST_CASE("a program that does not exist is an error, not a child") {
  loop_runtime rt;
  const result<process> p = process::start(rt, {"/no/such/program"});
  REQUIRE_FALSE(p.has_value());
  CHECK(p.error() == boost::system::errc::no_such_file_or_directory);
  CHECK(process::start(rt, {}).error() == errc::invalid);
}
