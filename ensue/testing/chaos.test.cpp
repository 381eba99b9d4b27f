#include <ensue/testing/chaos.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

TEST_CASE("chaos is drawn from the stream, differs in kind, and stays within its bounds") {
  const chaos worst{.drop = 0.02,
                    .duplicate = 0.01,
                    .crash = {"pay"},
                    .clock = {"pay"},
                    .times_max = 2,
                    .down_max = 1s,
                    .during = 4s};
  std::set<std::uint64_t> drops;
  std::size_t most = 0, least = 100;
  int back = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    const drawn_chaos d = draw(worst, random_stream{seed});
    CHECK(d.text() == draw(worst, random_stream{seed}).text());
    drops.insert(d.drop);
    most = std::max(most, d.faults.size());
    least = std::min(least, d.faults.size());
    duration before{};
    for (const planned_fault& f : d.faults) {
      CHECK(f.at >= before);
      CHECK(f.at <= 4s);
      if (f.kind == fault_kind::crash) CHECK(f.length <= 1s);
      back += f.length < 0s;
      before = f.at;
    }
  }
  CHECK(drops == std::set<std::uint64_t>{0, 5000, 20000});
  CHECK(most == 4);
  CHECK(least == 0);
  CHECK(back > 50);
}

TEST_CASE("a drawn fault says what it is") {
  const planned_fault f{fault_kind::crash, "pay", 1, 1200ms, 300ms};
  CHECK(f.text() == "crash:pay#1 at 1.2 s for 300 ms");
  const drawn_chaos d{.drop = 20000, .delay = {1ms, 2ms}, .buggify = true, .faults = {f}};
  CHECK(d.text() ==
        "messages take 1 ms to 2 ms, 2.0 % dropped, fault sites active\n"
        "  crash:pay#1 at 1.2 s for 300 ms");
}
