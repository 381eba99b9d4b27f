#include <ensue/base/result.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("every error has a text and a verdict on retrying") {
  for (int i = 1; i <= static_cast<int>(errc::unavailable); ++i) {
    const error_code ec = static_cast<errc>(i);
    CHECK(ec.message() != "unknown error");
    CHECK(std::string(ec.category().name()) == "ensue");
  }
  CHECK(make_error_code(static_cast<errc>(99)).message() == "unknown error");
}

TEST_CASE("only errors that can go away are retryable") {
  CHECK(retryable(errc::timed_out));
  CHECK(retryable(errc::full));
  CHECK(retryable(errc::outcome_unknown));
  CHECK_FALSE(retryable(errc::cancelled));
  CHECK_FALSE(retryable(errc::closed));
  CHECK_FALSE(retryable(error_code{}));
  CHECK_FALSE(retryable(boost::system::errc::make_error_code(boost::system::errc::timed_out)));
}
