#include <ensue/bus/failure.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

using namespace ensue;

TEST_CASE("a failure has a text, whatever was thrown") {
  const failure known{"mail", "order", std::make_exception_ptr(std::runtime_error("refused"))};
  CHECK(known.what() == "refused");
  const failure odd{"mail", "order", std::make_exception_ptr(42)};
  CHECK(odd.what().find("int") != std::string::npos);
  CHECK(failure{}.what() == "no error");
}
