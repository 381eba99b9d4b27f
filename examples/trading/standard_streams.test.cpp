#include "standard_streams.hpp"

#include "byte_source.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <initializer_list>
#include <sys/wait.h>
#include <unistd.h>

namespace {

/// In a child whose standard streams are closed; the exit code is how many things were wrong.
int wrong_without_streams() {
  for (const int stream : {0, 1, 2}) ::close(stream);
  trading::hold_standard_streams();
  char byte = 'x';
  int wrong = 0;
  wrong += ::read(0, &byte, 1) != -1;
  wrong += ::write(1, &byte, 1) != -1;
  wrong += ::write(2, &byte, 1) != -1;
  trading::byte_source input{"-"};
  wrong += !input.read().empty();
  wrong += input.error() != "cannot open: Bad file descriptor";
  return wrong;
}

}  // namespace

TEST_CASE("closed standard streams stay unusable, whatever is opened later") {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(wrong_without_streams());
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("open standard streams are left alone") {
  const bool open = ::fcntl(0, F_GETFD) >= 0;
  trading::hold_standard_streams();
  CHECK((!open || ::fcntl(0, F_GETFD) >= 0));
}
