#include <ensue/async/errors.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace ensue;

TEST_CASE("cancellation is told from other errors") {
  std::exception_ptr cancelled;
  try {
    throw_cancelled();
  } catch (...) {
    cancelled = std::current_exception();
  }
  CHECK(is_cancellation(cancelled));
  CHECK(is_cancellation(error_code{errc::cancelled}));
  CHECK_FALSE(is_cancellation(nullptr));
  CHECK_FALSE(is_cancellation(std::make_exception_ptr(7)));
  CHECK_FALSE(is_cancellation(std::make_exception_ptr(system_error{error_code{errc::closed}})));
}

TEST_CASE("has_code looks into whatever was thrown") {
  CHECK(has_code(std::make_exception_ptr(system_error{error_code{errc::full}}), errc::full));
  CHECK_FALSE(has_code(std::make_exception_ptr(system_error{error_code{errc::full}}), errc::empty));
  CHECK_FALSE(has_code(std::make_exception_ptr(std::runtime_error{"x"}), errc::full));
  CHECK_FALSE(has_code(nullptr, errc::full));
}

TEST_CASE("everything that can be thrown has a text") {
  CHECK(describe(nullptr).empty());
  CHECK(describe(std::make_exception_ptr(std::runtime_error{"no stock"})) == "no stock");
  CHECK(describe(std::make_exception_ptr<const char*>("a literal")) == "a literal");
  CHECK(describe(std::make_exception_ptr<const char*>(nullptr)) ==
        "an exception that is a null pointer");
  CHECK(describe(std::make_exception_ptr(nullptr)) == "an exception that is a null pointer");
  CHECK(describe(std::make_exception_ptr(7)) == "an exception of type int");
}

TEST_CASE("a group tells where, how many and what, groups inside groups too") {
  const error_group inner{"inner", {std::make_exception_ptr(std::runtime_error{"no route"})}};
  const error_group outer{
      "orders",
      {std::make_exception_ptr(std::runtime_error{"no stock"}), std::make_exception_ptr(inner)}};
  CHECK(std::string{outer.what()} == "2 errors in orders: no stock; 1 error in inner: no route");
  CHECK(outer.errors().size() == 2);
}
