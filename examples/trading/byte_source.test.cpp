#include "byte_source.hpp"

#include "tape_file.test.hpp"

#include <doctest/doctest.h>

#include <string>

using trading::byte_source;

namespace {

std::string all_of(byte_source& source) {
  std::string all;
  for (auto block = source.read(); !block.empty(); block = source.read()) all += block;
  return all;
}

std::string long_text() {
  std::string text;
  for (int n = 0; n < 200'000; ++n) text += std::to_string(n * 7919) + "\n";
  return text;
}

}  // namespace

TEST_CASE("plain and packed files give the same bytes, whatever their name") {
  const std::string text = long_text();
  const tape_file plain{text}, packed{gzip_of(text)};
  byte_source a{plain.path()}, b{packed.path()};
  CHECK(all_of(a) == text);
  CHECK(all_of(b) == text);
  CHECK_FALSE(a.compressed());
  CHECK(b.compressed());
  CHECK(a.error().empty());
  CHECK(b.error().empty());
  CHECK(b.size() == b.position());
}

TEST_CASE("several gzip members in a row are one text, zero padding behind them is nothing") {
  const tape_file file{gzip_of("one\n") + gzip_of("") + gzip_of("two\n") + std::string(512, '\0')};
  byte_source source{file.path()};
  CHECK(all_of(source) == "one\ntwo\n");
  CHECK(source.error().empty());
}

TEST_CASE("a truncated gzip gives what was whole and then names the fault") {
  const std::string text = long_text();
  std::string packed = gzip_of(text);
  packed.resize(packed.size() / 2);
  const tape_file file{packed};
  byte_source source{file.path()};
  const std::string got = all_of(source);
  CHECK(got.size() > text.size() / 4);
  CHECK(text.starts_with(got));
  CHECK(source.error().find("truncated") != std::string::npos);
  CHECK(source.read().empty());
}

TEST_CASE("damage inside and rubbish behind gzip data are named") {
  std::string packed = gzip_of(long_text());
  packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
  packed[packed.size() / 2 + 1] = static_cast<char>(packed[packed.size() / 2 + 1] ^ 0x55);
  const tape_file damaged{packed}, followed{gzip_of("good\n") + "rubbish"};
  byte_source a{damaged.path()}, b{followed.path()};
  all_of(a);
  CHECK(a.error().find("damaged") != std::string::npos);
  CHECK(all_of(b) == "good\n");
  CHECK(b.error().find("no gzip") != std::string::npos);
}

TEST_CASE("what cannot be opened or read says why") {
  byte_source missing{"/nonexistent/tape"}, folder{"/"};
  CHECK(all_of(missing).empty());
  CHECK(missing.error() == "cannot open: No such file or directory");
  CHECK(all_of(folder).empty());
  CHECK(folder.error() == "cannot read: it is a directory");
}

TEST_CASE("an empty file and one of a single byte are no gzip and no error") {
  const tape_file none{""}, one{"\x1f"};
  byte_source a{none.path()}, b{one.path()};
  CHECK(all_of(a).empty());
  CHECK(all_of(b) == "\x1f");
  CHECK(a.error().empty());
  CHECK(b.error().empty());
}

TEST_CASE("a pipe that hands over byte by byte is read whole") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  byte_source source{ends[0]};
  const std::string packed = gzip_of("slow\n");
  REQUIRE(::write(ends[1], packed.data(), packed.size()) == static_cast<ssize_t>(packed.size()));
  ::close(ends[1]);
  CHECK(all_of(source) == "slow\n");
  CHECK(source.size() == 0);
}

TEST_CASE("an interrupt ends a read that waits for a slow pipe, without an error") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  byte_source source{ends[0]};
  const std::string packed = gzip_of(long_text());
  REQUIRE(::write(ends[1], packed.data(), 1'000) == 1'000);
  CHECK_FALSE(source.read().empty());
  source.interrupt();  // the next read would wait for ever
  CHECK(source.read().empty());
  CHECK(source.error().empty());
  ::close(ends[1]);
}
