#include <ensue/testing/run_edits.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using testing::run_edits;

TEST_CASE("edits go through text and back") {
  const run_edits edits{{"crash:pay#1", "drop:shop.broker#3"}, {{"orders", 2}}};
  CHECK(edits.text() == "crash:pay#1,drop:shop.broker#3,orders=2");
  CHECK(run_edits::parse(edits.text()).value() == edits);
  CHECK(run_edits{}.text() == "none");
  CHECK(run_edits::parse("none").value() == run_edits{});
}

TEST_CASE("edits that cannot be read are refused") {
  for (const char* text : {"", ",", "a,", ",a", "orders=", "orders=x", "orders=1x", "=1", "a=-1"})
    CHECK_MESSAGE(run_edits::parse(text).has_error(), text);
}
