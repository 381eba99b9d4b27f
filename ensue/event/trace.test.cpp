#include <ensue/event/trace.hpp>

#include <doctest/doctest.h>

using namespace ensue;

namespace {
constexpr std::string_view good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
std::string with(std::size_t at, char c) {
  std::string text{good};
  text[at] = c;
  return text;
}
}  // namespace

TEST_CASE("a traceparent is read and written back") {
  const auto parent = trace_parent::parse(good);
  REQUIRE(parent.has_value());
  CHECK(parent->trace_id[0] == 0x4b);
  CHECK(parent->span_id[7] == 0xb7);
  CHECK(parent->sampled());
  CHECK(parent->text() == good);
}

TEST_CASE("a malformed traceparent is refused") {
  CHECK(trace_parent::parse("").has_error());
  CHECK(trace_parent::parse(good.substr(1)).has_error());
  CHECK(trace_parent::parse(std::string{good} + "-00").has_error());
  CHECK(trace_parent::parse(with(3, 'B')).has_error());
  CHECK(trace_parent::parse(with(54, 'g')).has_error());
  CHECK(trace_parent::parse(with(35, '_')).has_error());
  CHECK(trace_parent::parse("ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").has_error());
  CHECK(trace_parent::parse("00-00000000000000000000000000000000-00f067aa0ba902b7-01").has_error());
  CHECK(trace_parent::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01").has_error());
}

TEST_CASE("a later version may say more after a dash") {
  const std::string later = with(1, '1');
  CHECK(trace_parent::parse(later).has_value());
  CHECK(trace_parent::parse(later + "-what.the.future").has_value());
  CHECK(trace_parent::parse(later + ".what").has_error());
}
