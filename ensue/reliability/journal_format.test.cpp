#include <ensue/reliability/journal_format.hpp>

#include <doctest/doctest.h>

using namespace ensue;
namespace format = ensue::journal_format;

TEST_CASE("a header is 64 bytes and reads back; any flipped bit is noticed") {
  const std::string bytes = format::encode({.salt = 0x0123'4567'89ab'cdef, .kind = "dead/1"});
  REQUIRE(bytes.size() == format::header_bytes);
  const auto read = format::decode(bytes);
  REQUIRE(read.has_value());
  CHECK(read->salt == 0x0123'4567'89ab'cdef);
  CHECK(read->kind == "dead/1");
  for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
    std::string bad = bytes;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    CHECK(format::decode(bad).error() == errc::invalid);
  }
  for (std::size_t n = 0; n < bytes.size(); ++n)
    CHECK(format::decode(bytes.substr(0, n)).error() == errc::invalid);
}

TEST_CASE("the bytes of a header and a record stay as they are: files outlive programs") {
  const auto hex = [](std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
      text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
      text += "0123456789abcdef"[c & 15];
    }
    return text;
  };
  CHECK(hex(format::encode({.salt = 7, .kind = "k"})).substr(0, 42) ==
        "656e737565"
        "6a6e6c"
        "01000000"
        "0700000000000000"
        "6b");
  std::string record;
  format::append_record(record, 7, 64, 100, "abc");
  CHECK(hex(record).substr(0, 16) == "0300000024000000");
  CHECK(record.substr(16) == "abc");
}

TEST_CASE("a record is one at its own offset, in its own file, undamaged") {
  std::string bytes;
  format::append_record(bytes, 7, 64, 100, "hello");
  const auto head = format::read_head(bytes, 7, 100);
  REQUIRE(head);
  CHECK(head->length == 5);
  CHECK(head->since == 36);
  CHECK(format::payload_matches(*head, "hello", 7, 100));
  CHECK_FALSE(format::payload_matches(*head, "hellO", 7, 100));
  CHECK_FALSE(format::payload_matches(*head, "hell", 7, 100));
  CHECK_FALSE(format::read_head(bytes, 7, 101));
  CHECK_FALSE(format::read_head(bytes, 8, 100));
  CHECK_FALSE(format::read_head(std::string_view{bytes}.substr(0, 15), 7, 100));
}
