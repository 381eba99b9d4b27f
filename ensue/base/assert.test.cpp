#include <ensue/base/assert.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

TEST_CASE("a broken assertion aborts, a held one costs nothing") {
  ENSUE_ASSERT(1 + 1 == 2, "arithmetic");
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // doctest catches it otherwise
    close(2);
    ENSUE_ASSERT(1 + 1 == 3, "must abort");
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}
