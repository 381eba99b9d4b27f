#include <ensue/base/posix_disk.hpp>

#include <boost/system/errc.hpp>
#include <doctest/doctest.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <tests/temporary_folder.hpp>

using namespace ensue;

namespace {

std::string read_all(disk_file& f) {
  std::string text(static_cast<std::size_t>(f.size().value()) + 10, '?');
  text.resize(f.read(0, text).value());
  return text;
}

}  // namespace

TEST_CASE("what is written at an offset is read back") {
  const temporary_folder here;
  posix_disk d;
  const auto f = d.open(here.file("a"), open_mode::replace).value();
  REQUIRE(f->write(0, "hello world"));
  REQUIRE(f->write(6, "there"));
  CHECK(f->size().value() == 11);
  REQUIRE(f->sync());
  CHECK(read_all(*f) == "hello there");
  REQUIRE(f->truncate(5));
  CHECK(read_all(*f) == "hello");
  char block[3];
  CHECK(f->read(3, block).value() == 2);
  CHECK(f->read(30, block).value() == 0);
  REQUIRE(f->write(7, "x"));
  CHECK(read_all(*f) == std::string{"hello\0\0x", 8});
}

TEST_CASE("a mode opens what it says") {
  const temporary_folder here;
  posix_disk d;
  CHECK(d.open(here.file("a"), open_mode::read).error() ==
        boost::system::errc::no_such_file_or_directory);
  CHECK(d.open(here.file("a"), open_mode::write).error() ==
        boost::system::errc::no_such_file_or_directory);
  CHECK_FALSE(d.exists(here.file("a")).value());
  REQUIRE(d.open(here.file("a"), open_mode::replace).value()->write(0, "one"));
  CHECK(d.exists(here.file("a")).value());
  CHECK(read_all(*d.open(here.file("a"), open_mode::write).value()) == "one");
  CHECK_FALSE(d.open(here.file("a"), open_mode::read).value()->write(0, "two"));
  CHECK(read_all(*d.open(here.file("a"), open_mode::replace).value()).empty());
  CHECK(d.open(here.path(), open_mode::read).has_error());
}

TEST_CASE("names are listed, renamed and removed") {
  const temporary_folder here;
  posix_disk d;
  (void)d.open(here.file("b"), open_mode::replace).value();
  (void)d.open(here.file("a"), open_mode::replace).value();
  std::filesystem::create_directory(here.file("folder"));
  CHECK(d.list(here.path()).value() == std::vector<std::string>{"a", "b"});
  REQUIRE(d.rename(here.file("a"), here.file("c")));
  REQUIRE(d.remove(here.file("b")));
  REQUIRE(d.sync_directory(here.path()));
  CHECK(d.list(here.path()).value() == std::vector<std::string>{"c"});
  CHECK_FALSE(d.remove(here.file("b")));
  CHECK_FALSE(d.rename(here.file("b"), here.file("d")));
  CHECK(d.list(here.file("none")).has_error());
  CHECK_FALSE(d.sync_directory(here.file("none")));
}

TEST_CASE("a lock is held by one at a time") {
  const temporary_folder here;
  posix_disk d;
  auto first = d.lock(here.file("a")).value();
  CHECK(d.lock(here.file("a")).error() == errc::exists);
  CHECK(d.lock(here.file("b")));
  first.reset();
  CHECK(d.lock(here.file("a")));
  CHECK(d.lock(here.file("none/a")).error() == boost::system::errc::no_such_file_or_directory);
}

TEST_CASE("a write that finds no room says so") {
  const temporary_folder here;
  posix_disk d;
  const auto f = d.open(here.file("a"), open_mode::replace).value();
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto done = f->write(0, std::string(1000, 'x'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  CHECK(done.error() == boost::system::errc::file_too_large);
  CHECK(f->size().value() == 100);
}
