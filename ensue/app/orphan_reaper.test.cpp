#include <ensue/app/orphan_reaper.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/process.hpp>

#include <doctest/doctest.h>

#include <set>
#include <sys/prctl.h>
#include <tests/testing_process.hpp>

using namespace ensue;

TEST_CASE("orphans are collected, a child that is waited for is left to its owner") {
  testing_process p{[](int ready) {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    loop_runtime rt;
    std::set<int> reaped;
    const orphan_reaper r{rt, [&](int pid) {
                            reaped.insert(pid);
                            if (reaped.size() == 2) rt.stop();
                          }};
    const int parent = ::fork();
    if (parent == 0) {
      const int self = ::getpid();
      if (::fork() == 0)
        while (::getppid() == self) continue;  // until it is an orphan
      ::_exit(0);
    }
    rt.run();
    say(ready, reaped.contains(parent) ? "both" : "strangers");
    auto own = process::start(rt, {"true"});
    const auto how = block_on(rt, own->wait());
    return how.success() && reaped.size() == 2 ? 0 : 1;
  }};
  p.expect("both");
  CHECK(p.wait() == 0);
}
