#include <ensue/base/crc32c.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;

TEST_CASE("the check values of RFC 3720 and of the catalogue of CRCs") {
  CHECK(crc32c("") == 0);
  CHECK(crc32c("123456789") == 0xe306'9283);
  CHECK(crc32c(std::string(32, '\0')) == 0x8a91'36aa);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62a8'ab43);
  std::string rising(32, '\0');
  for (std::size_t i = 0; i < 32; ++i) rising[i] = static_cast<char>(i);
  CHECK(crc32c(rising) == 0x46dd'794e);
}

TEST_CASE("pieces give what the whole gives, wherever it is cut") {
  std::string text;
  for (int i = 0; i < 100; ++i) text += static_cast<char>(i * 7);
  const std::uint32_t whole = crc32c(text);
  for (std::size_t cut = 0; cut <= text.size(); ++cut)
    CHECK(crc32c(text.substr(cut), crc32c(text.substr(0, cut))) == whole);
}
