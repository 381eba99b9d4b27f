#include <ensue/base/base64.hpp>

#include <doctest/doctest.h>

#include <utility>

namespace ensue {
namespace {

TEST_CASE("base64: the vectors of RFC 4648, both ways") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    CHECK(base64_text(plain) == coded);
    CHECK(parse_base64(coded).value() == plain);
  }
}

TEST_CASE("base64: every byte survives") {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (std::size_t n = 0; n <= all.size(); ++n)
    CHECK(parse_base64(base64_text(all.substr(0, n))).value() == all.substr(0, n));
  CHECK(base64_text("\xfb\xff") == "+/8=");
}

TEST_CASE("base64: what base64_text never writes is refused") {
  for (const char* wrong :
       {"Zg", "Zg=", "Z===", "Zh==", "Zm9=", "Zm 9", "Zm9v\n", "Zm-_", "====", "Zg==Zg==", "=Zg="})
    CHECK_MESSAGE(parse_base64(wrong).has_error(), wrong);
}

}  // namespace
}  // namespace ensue
