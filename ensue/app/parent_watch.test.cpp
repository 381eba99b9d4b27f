#include <ensue/app/parent_watch.hpp>
#include <ensue/async/loop_runtime.hpp>

#include <doctest/doctest.h>

#include <tests/testing_process.hpp>

using namespace ensue;

TEST_CASE("the end of standard input is told once; what comes before is thrown away") {
  testing_process p{[](int ready) {
    loop_runtime rt;
    int calls = 0;
    const parent_watch w{rt, parent_death::stdin_eof, [&] {
                           ++calls;
                           rt.stop();
                         }};
    say(ready, "up");
    rt.run();
    return calls;
  }};
  p.expect("up");
  CHECK(p.running());
  p.close_input();
  CHECK(p.wait() == 1);
}

TEST_CASE("with signal the kernel sends SIGTERM when the parent ends") {
  testing_process p{[](int ready) {
    const int parent_of_it = ::fork();
    if (parent_of_it > 0) {  // waits for the word that the child is up, then ends
      char c = 0;
      [[maybe_unused]] const ssize_t n = ::read(STDIN_FILENO, &c, 1);
      return 0;
    }
    loop_runtime rt;
    ::signal(SIGTERM, [](int) { ::_exit(0); });
    const parent_watch w{rt, parent_death::signal, [] {}};
    say(ready, "up");
    rt.run();
    return 1;
  }};
  p.expect("up");
  p.close_input();
  CHECK(p.wait() == 0);  // the pipe of words closes only when the grandchild has ended too
}
