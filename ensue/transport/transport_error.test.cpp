#include <ensue/transport/survival.hpp>
#include <ensue/transport/transport_error.hpp>

#include <boost/system/system_error.hpp>
#include <doctest/doctest.h>

namespace ensue {
namespace {

TEST_CASE("transport error: value() throws its text and its code") {
  const transport_result<int> failed = transport_error{errc::refused, "redis: no AOF"};
  try {
    (void)failed.value();
    FAIL("nothing was thrown");
  } catch (const boost::system::system_error& e) {
    CHECK(e.code() == errc::refused);
    CHECK(std::string{e.what()}.find("redis: no AOF") != std::string::npos);
  }
}

TEST_CASE("survival: levels rise and have names") {
  CHECK(survival::none < survival::process);
  CHECK(survival::process < survival::power);
  CHECK(name_of(survival::power) == "power");
}

}  // namespace
}  // namespace ensue
