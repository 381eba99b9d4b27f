#include <ensue/event/json_writer.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace ensue;

TEST_CASE("members and elements are set apart by commas") {
  json_writer out;
  out.begin_object();
  {
    const json_writer::at list{out, "list"};
    out.begin_array();
    for (std::size_t i = 0; i < 3; ++i) {
      const json_writer::at here{out, i};
      out.integer(std::int64_t(i) - 1);
    }
    out.end_array();
  }
  {
    const json_writer::at flag{out, "flag"};
    out.boolean(true);
  }
  {
    const json_writer::at nothing{out, ""};
    out.null();
  }
  out.end_object();
  CHECK(std::move(out).finish().value() == R"({"list":[-1,0,1],"flag":true,"":null})");
}

TEST_CASE("text is escaped where it must be and nowhere else") {
  json_writer out;
  using namespace std::string_view_literals;
  out.string("a\"\\/\b\f\n\r\t\0\x1f\x7f é𝄞"sv);
  CHECK(std::move(out).finish().value() == R"("a\"\\/\b\f\n\r\t\u0000\u001f)"
                                           "\x7f é𝄞\"");
}

TEST_CASE("floats are written with their own shortest digits") {
  json_writer a, b;
  a.number(0.1f);
  b.number(0.1);
  CHECK(std::move(a).finish().value() == "0.1");
  CHECK(std::move(b).finish().value() == "0.1");
}

TEST_CASE("the first error counts and names its place") {
  json_writer out;
  out.begin_object();
  {
    const json_writer::at list{out, "list"};
    out.begin_array();
    const json_writer::at here{out, 4};
    out.number(std::numeric_limits<double>::infinity());
    CHECK(out.failed());
    out.fail("later");
    out.end_array();
  }
  out.end_object();
  const auto text = std::move(out).finish();
  REQUIRE(text.has_error());
  CHECK(text.error().text() == "list[4]: expected a finite number, got inf");
}

TEST_CASE("limits hold on the way out") {
  json_writer deep{{.depth = 1}};
  deep.begin_array();
  CHECK_FALSE(deep.failed());
  const json_writer::at here{deep, 0};
  deep.begin_array();
  CHECK(deep.failed());
  json_writer big{{.bytes = 3}};
  big.string("ab");
  CHECK(std::move(big).finish().error().text() == "the text has 4 bytes, the limit is 3");
}
