// Files that are cut, changed, full, or not to be written.
#include <ensue/sim/world.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <tests/sqlite_place.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

constexpr int count = 200;

void fill(sqlite_place& p) {
  auto a = p.open();
  std::vector<cloud_event> events;
  for (int n = 1; n <= count; ++n) {
    events.push_back(numbered(n));
    events.back().data = std::string(300, static_cast<char>('a' + n % 26));
  }
  a->publish(std::move(events));
}

std::string bytes_of_file(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}

enum class found : std::uint8_t { all, told, silent };

// Opens, reads all as a group does, and says whether what is wrong was told.
found read_all(sqlite_place& p) {
  transport t{p.w.rt(), {.file = p.file}};
  const auto opened = p.w.block_on(t.open());
  if (!opened) return opened.error().text().empty() ? found::silent : found::told;
  std::size_t seen = 0;
  bool right = true, told = false;
  const auto look = [](connection& c) {
    claimed got;
    const membership m = join(c, "g", {}, true, never);
    got = claim(c, {.who = m, .want = 100'000, .look = 100'000});
    return got;
  };
  const auto got = p.w.block_on(t.store()->transact(look));
  if (!got) {
    told = !got.error().text().empty();
  } else {
    seen = got->events.size();
    told = got->damaged > 0;
    for (const auto& a : got->events) {
      const int n = std::stoi(a.event.id);
      right &= a.event.data == std::string(300, static_cast<char>('a' + n % 26));
    }
  }
  (void)p.w.block_on(t.close(10s));
  if (told) return found::told;
  return right && seen == count ? found::all : found::silent;
}

TEST_CASE("sqlite R-09: a byte changed anywhere is told, or changes nothing") {
  sqlite_place p;
  fill(p);
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(p.file + end);
  const std::string whole = bytes_of_file(p.file);
  REQUIRE(whole.size() > 20 * 4096);
  int told = 0;
  for (std::size_t at = 0; at < whole.size(); at += at < 110 ? 1 : 509) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    write_file(p.file, changed);
    const found f = read_all(p);
    CHECK_MESSAGE(f != found::silent, at);
    told += f == found::told ? 1 : 0;
    for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(p.file + end);
  }
  CHECK(told > 100);
}

TEST_CASE("sqlite R-09: a file cut anywhere is told") {
  sqlite_place p;
  fill(p);
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(p.file + end);
  const std::string whole = bytes_of_file(p.file);
  for (std::size_t keep = 1; keep < whole.size(); keep += keep < 200 ? 37 : 4096 + 13) {
    write_file(p.file, whole.substr(0, keep));
    CHECK_MESSAGE(read_all(p) == found::told, keep);
    for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(p.file + end);
  }
}

TEST_CASE("sqlite R-07: full is a typed error, nothing accepted is lost, room makes it well") {
  sqlite_place p;
  std::size_t accepted = 0;
  {
    auto a = p.open({.bytes_max = 200'000});
    error_code ec;
    for (int n = 1; !ec; ++n) {
      cloud_event e = numbered(n);
      e.data = std::string(5'000, 'x');
      ec = p.w.block_on(a->t.publish({std::move(e)})).at(0);
      accepted += ec ? 0U : 1U;
      REQUIRE(n < 100);
    }
    CHECK(ec == errc::full);
    CHECK(accepted > 10);
    CHECK(a->t.state() == transport_state::degraded);
    CHECK(a->t.why().find("full") != std::string::npos);
  }
  auto a = p.open();
  a->publish({numbered(1000)});
  std::size_t seen = 0;
  const auto each = [&](const delivery&) -> task<> {
    ++seen;
    co_return;
  };
  CHECK(p.w.block_on(a->t.replay({}, each)).value() == accepted + 1);
}

TEST_CASE("sqlite: a writer elsewhere that does not end is a typed error, and passes") {
  sqlite_place p;
  auto a = p.open({.busy_wait = 0ms});
  const auto other = connection::open({.file = p.file}).value();
  other->begin(true);
  CHECK(p.w.block_on(a->t.publish({numbered(1)})).at(0) == errc::unavailable);
  CHECK(a->t.state() == transport_state::degraded);
  other->roll_back();
  a->publish({numbered(1)});
  CHECK(a->t.state() == transport_state::ready);
}

TEST_CASE("sqlite: a file of somebody else, and one of a newer ensue, are refused") {
  sqlite_place p;
  p.apart([](connection& c) { c.execute("CREATE TABLE mine(n)"); });
  transport t{p.w.rt(), {.file = p.file}};
  CHECK(p.w.block_on(t.open()).error().code == errc::refused);
  CHECK(t.state() == transport_state::down);
}

}  // namespace
}  // namespace ensue::sqlite
