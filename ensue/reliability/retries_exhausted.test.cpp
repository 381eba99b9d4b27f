#include <ensue/reliability/retries_exhausted.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct no_stock : std::runtime_error {
  using std::runtime_error::runtime_error;
};

template <class E>
std::exception_ptr around(E inner) {
  const time_point began{1h};
  try {
    try {
      throw inner;
    } catch (...) {
      throw retries_exhausted{
          retry_end::attempts,
          2,
          began,
          {{1, began + 10ms, {}, "no route"}, {2, began + 230ms, {}, "no stock"}}};
    }
  } catch (...) {
    return std::current_exception();
  }
}

}  // namespace

TEST_CASE("it tells each attempt, and holds the last error itself") {
  const auto e = around(no_stock{"no stock"});
  CHECK(describe(e) ==
        "gave up after 2 attempts (no attempts left): #1 at 10 ms, no route; #2 at 230 ms, no "
        "stock");
  CHECK(has_code(e, errc::handler_failed));
  bool caught = false;
  try {
    std::rethrow_exception(e);
  } catch (const retries_exhausted& given_up) {
    CHECK(given_up.why() == retry_end::attempts);
    CHECK(given_up.attempts() == 2);
    CHECK(given_up.history().size() == 2);
    try {
      std::rethrow_if_nested(given_up);
    } catch (const no_stock&) {
      caught = true;
    }
  }
  CHECK(caught);
}

TEST_CASE("its code is that of the last error") {
  CHECK(has_code(around(system_error{error_code{errc::timed_out}}), errc::timed_out));
}
