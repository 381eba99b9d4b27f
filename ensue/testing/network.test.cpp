#include <ensue/testing/network.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

struct fixture {
  explicit fixture(std::uint64_t seed = 1, std::optional<run_edits> only = {})
      : edits{std::move(only)}, w{seed} {}
  std::optional<run_edits> edits;
  sim::world w;
  fault_filter faults{w, edits};
  network net{w, faults};
  sim::host& a{w.host("a")};
  sim::host& b{w.host("b")};
  std::string got;

  void send(int n) {
    for (int i = 0; i < n; ++i)
      CHECK(net.send(a, b, [this, i] { got += static_cast<char>('a' + i % 26); }));
    w.run();
  }
};

}  // namespace

TEST_CASE("a link delivers in order and within its delays") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    fixture f{seed};
    f.net.set({.delay = {1ms, 5ms}});
    f.send(26);
    CHECK(f.got == "abcdefghijklmnopqrstuvwxyz");
    CHECK(f.w.elapsed() <= 5ms);
    CHECK(f.faults.empty());
  }
}

TEST_CASE("messages are dropped, doubled and overtake at their rates, each by name") {
  fixture f;
  f.net.set({.drop = 200'000, .duplicate = 100'000, .reorder = 500'000, .delay = {1ms, 5ms}});
  f.send(1000);
  const auto count = [&](std::string_view kind) {
    std::size_t n = 0;
    for (const std::string& id : f.faults.happened()) n += id.starts_with(kind);
    return n;
  };
  CHECK(count("drop:a.b#") > 150);
  CHECK(count("drop:a.b#") < 250);
  CHECK(count("duplicate:a.b#") > 50);
  CHECK(count("reorder:a.b#") > 100);
  CHECK(f.got.size() == 1000 - count("drop") + count("duplicate"));
}

TEST_CASE("a replay with one fault has that fault alone") {
  fixture all{3};
  all.net.set({.drop = 100'000});
  all.send(50);
  REQUIRE(all.faults.happened().size() > 1);
  fixture one{3, run_edits{.faults = {all.faults.happened()[1]}}};
  one.net.set({.drop = 100'000});
  one.send(50);
  CHECK(one.faults.happened() == std::vector<std::string>{all.faults.happened()[1]});
  CHECK(one.got.size() == 49);
}

TEST_CASE("who is down refuses, who is cut off hears nothing, healing joins again") {
  fixture f;
  f.b.crash();
  CHECK_FALSE(f.net.send(f.a, f.b, [] {}));
  f.b.restart();
  f.net.isolate(f.b, true);
  f.send(3);
  CHECK(f.got.empty());
  f.net.heal();
  f.send(1);
  CHECK(f.got == "a");
  CHECK(f.net.send(f.a, f.b, [&] { f.got = "lost"; }));
  f.b.crash();
  f.b.restart();
  f.w.run();
  CHECK(f.got == "a");
}
