#include <ensue/async/errors.hpp>
#include <ensue/reliability/classify.hpp>
#include <ensue/reliability/retries_exhausted.hpp>

#include <boost/asio/error.hpp>
#include <doctest/doctest.h>

#include <filesystem>
#include <future>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <variant>

using namespace ensue;

namespace {

template <class E>
verdict of(E e) {
  return classify(std::make_exception_ptr(std::move(e)));
}
verdict of_code(const error_code& ec) { return of(system_error{ec}); }

}  // namespace

TEST_CASE("cancellation is no failure, however it is spelt") {
  CHECK(of_code(boost::asio::error::operation_aborted) == verdict::cancelled);
  CHECK(of_code(errc::cancelled) == verdict::cancelled);
  CHECK(of(std::system_error{std::make_error_code(std::errc::operation_canceled)}) ==
        verdict::cancelled);
}

TEST_CASE("our own errors are judged by their table") {
  CHECK(of_code(errc::timed_out) == verdict::transient);
  CHECK(of_code(errc::unavailable) == verdict::transient);
  CHECK(of_code(errc::invalid) == verdict::permanent);
  CHECK(of_code(errc::refused) == verdict::permanent);
  CHECK(of_code(errc::expired) == verdict::permanent);
}

TEST_CASE("what the network says may go away, what is wrong with the call does not") {
  CHECK(of_code(boost::asio::error::connection_refused) == verdict::transient);
  CHECK(of_code(boost::asio::error::eof) == verdict::transient);
  CHECK(of_code(boost::asio::error::host_not_found_try_again) == verdict::transient);
  CHECK(of(std::system_error{std::make_error_code(std::errc::timed_out)}) == verdict::transient);
  CHECK(of(std::system_error{std::make_error_code(std::errc::no_space_on_device)}) ==
        verdict::transient);
  CHECK(of(std::system_error{std::make_error_code(std::errc::permission_denied)}) ==
        verdict::permanent);
  CHECK(of(std::system_error{ENOENT, std::system_category()}) == verdict::permanent);
  CHECK(of(std::filesystem::filesystem_error{
            "open", std::make_error_code(std::errc::no_such_file_or_directory)}) ==
        verdict::permanent);
}

TEST_CASE("a logic error stays; anything unknown may go away") {
  CHECK(of(std::invalid_argument{"price"}) == verdict::permanent);
  CHECK(of(std::out_of_range{"row"}) == verdict::permanent);
  CHECK(of(std::bad_optional_access{}) == verdict::permanent);
  CHECK(of(std::bad_variant_access{}) == verdict::permanent);
  CHECK(of(std::runtime_error{"no stock"}) == verdict::transient);
  CHECK(of(std::bad_alloc{}) == verdict::transient);
  CHECK(of(42) == verdict::transient);
  CHECK(classify(std::exception_ptr{}) == verdict::permanent);
}

TEST_CASE("a group lasts when one of it does") {
  const auto stopped = std::make_exception_ptr(system_error{error_code{errc::cancelled}});
  const auto gone = std::make_exception_ptr(std::runtime_error{"gone"});
  const auto wrong = std::make_exception_ptr(std::logic_error{"wrong"});
  CHECK(of(error_group{"g", {stopped, gone}}) == verdict::transient);
  CHECK(of(error_group{"g", {gone, wrong}}) == verdict::permanent);
  CHECK(of(error_group{"g", {stopped}}) == verdict::cancelled);
}

TEST_CASE("retries that were given up are not retried by those around them") {
  std::exception_ptr e;
  try {
    throw system_error{error_code{errc::timed_out}};
  } catch (...) {
    try {
      throw retries_exhausted{retry_end::attempts, 4, time_point{}, {}};
    } catch (...) {
      e = std::current_exception();
    }
  }
  CHECK(classify(e) == verdict::permanent);
  CHECK(has_code(e, errc::timed_out));
}

TEST_CASE("a classifier of one's own has the word") {
  const auto e = std::make_exception_ptr(std::logic_error{"wrong"});
  CHECK(classify(classifier{}, e) == verdict::permanent);
  const classifier never_mind = [](const std::exception_ptr&) { return verdict::transient; };
  CHECK(classify(never_mind, e) == verdict::transient);
}
