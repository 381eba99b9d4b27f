#include <ensue/sim/disk.hpp>

#include <boost/system/errc.hpp>
#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace ensue;
using namespace std::string_literals;

namespace {

const error_code no_space = make_error_code(boost::system::errc::no_space_on_device);

}  // namespace

TEST_CASE("it behaves as a disk as long as nothing happens") {
  sim::disk d{1};
  CHECK(d.open("a", open_mode::write).error() == boost::system::errc::no_such_file_or_directory);
  const auto f = d.open("a", open_mode::replace).value();
  REQUIRE(f->write(0, "hello"));
  REQUIRE(f->write(7, "x"));
  CHECK(d.content("a") == "hello\0\0x"s);
  CHECK(f->size().value() == 8);
  char block[10];
  CHECK(f->read(4, block).value() == 4);
  CHECK(block[0] == 'o');
  REQUIRE(f->truncate(2));
  CHECK(d.content("a") == "he");
  REQUIRE(d.rename("a", "b"));
  CHECK(d.list(".").value() == std::vector{"b"s});
  CHECK(d.exists("b").value());
  CHECK_FALSE(d.exists("a").value());
  CHECK_FALSE(d.open("b", open_mode::read).value()->write(0, "x"));
  REQUIRE(d.remove("b"));
  CHECK_FALSE(d.remove("b"));
}

TEST_CASE("a crash of the process keeps what was written; its files and locks are dead") {
  sim::disk d{1};
  const auto f = d.open("a", open_mode::replace).value();
  const auto l = d.lock("a").value();
  CHECK(d.lock("a").error() == errc::exists);
  REQUIRE(f->write(0, "hello"));
  d.crash();
  CHECK_FALSE(d.open("a", open_mode::read));
  d.boot();
  CHECK_FALSE(f->write(0, "J"));
  CHECK(d.content("a") == "hello");
  CHECK(d.lock("a"));
}

TEST_CASE("a loss of power keeps what was synced and a drawn part of the rest") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    sim::disk d{seed};
    const auto f = d.open("a", open_mode::replace).value();
    REQUIRE(f->write(0, "safe "));
    REQUIRE(f->sync());
    REQUIRE(d.sync_directory("."));
    REQUIRE(f->write(5, "unsafe"));
    d.lose_power();
    const std::string left = d.content("a");
    REQUIRE(left.substr(0, 5) == "safe ");
    REQUIRE(left.size() <= 11);
    seen.insert(left);
  }
  CHECK(seen.contains("safe "));
  CHECK(seen.contains("safe uns"));
  CHECK(seen.contains("safe unsafe"));
  CHECK(seen.size() > 20);  // some end in rubbish
}

TEST_CASE("sectors get through in any order") {
  bool hole = false;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    sim::disk d{seed};
    const auto f = d.open("a", open_mode::replace).value();
    REQUIRE(d.sync_directory("."));
    REQUIRE(f->write(0, std::string(3 * sim::disk::sector_bytes, 'x')));
    d.lose_power();
    const std::string left = d.content("a");
    hole |= left.size() == 3 * sim::disk::sector_bytes && left[0] == '\0' && left.back() == 'x';
  }
  CHECK(hole);
}

TEST_CASE("names are safe when their folder was synced") {
  bool lost = false, kept = false;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::disk d{seed};
    REQUIRE(d.open("s/a", open_mode::replace).value()->sync());
    REQUIRE(d.sync_directory("s"));
    REQUIRE(d.open("s/b", open_mode::replace).value()->sync());
    REQUIRE(d.rename("s/b", "s/a"));
    REQUIRE(d.remove("s/a"));
    d.lose_power();
    d.boot();
    lost |= d.exists("s/b").value();
    kept |= d.list("s").value().empty();
    if (d.exists("s/b").value()) CHECK(d.exists("s/a").value());
  }
  CHECK(lost);
  CHECK(kept);
}

TEST_CASE("the n-th call fails; a failed write may be half done") {
  std::set<std::string> left;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    sim::disk d{seed};
    const auto f = d.open("a", open_mode::replace).value();
    d.fail_call(2, no_space);
    REQUIRE(f->write(0, "a"));
    CHECK(f->write(1, "bcd").error() == no_space);
    left.insert(d.content("a"));
    REQUIRE(f->truncate(0));
    d.fail_call(1, no_space, true);
    for (int i = 0; i < 3; ++i) CHECK_FALSE(f->sync());
  }
  CHECK(left == std::set{"a"s, "ab"s, "abc"s, "abcd"s});
}

TEST_CASE("what a failed sync lost is not saved by the next one") {
  bool lost = false;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim::disk d{seed};
    const auto f = d.open("a", open_mode::replace).value();
    REQUIRE(d.sync_directory("."));
    REQUIRE(f->write(0, "x"));
    d.fail_call(1, no_space);
    CHECK_FALSE(f->sync());
    REQUIRE(f->sync());
    CHECK(d.content("a") == "x");
    d.lose_power();
    lost |= d.content("a").empty();
  }
  CHECK(lost);
}

TEST_CASE("drawn faults come as often as asked for") {
  sim::disk d{7};
  const auto f = d.open("a", open_mode::replace).value();
  d.set_faults({.write = 100, .sync = 300});
  int writes = 0, syncs = 0;
  for (int i = 0; i < 1000; ++i) {
    writes += !f->write(0, "x");
    syncs += !f->sync();
  }
  CHECK(writes > 60);
  CHECK(writes < 140);
  CHECK(syncs > 240);
  CHECK(syncs < 360);
}
