#include <ensue/app/spdlog_sink.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <tests/temporary_folder.hpp>

using namespace ensue;

namespace {

std::string written(log_options o) {
  const temporary_folder folder;
  o.file = folder.file("log");
  sim::world w;
  {
    spdlog_sink sink{w.rt(), "shop", o};
    const log_field fields[] = {{"n", std::int64_t{1}}};
    sink.write(log_level::debug, "quiet", fields);
    sink.write(log_level::warning, "loud", fields);
    CHECK_FALSE(sink.enabled(log_level::debug));
  }
  std::ifstream in{o.file};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  return text;
}

}  // namespace

TEST_CASE("text: time, level, message, fields; nothing below the level") {
  const std::string text = written({});
  CHECK(text.find("quiet") == std::string::npos);
  CHECK(text.ends_with(" warning loud n=1\n"));
}

TEST_CASE("json: one object a line") {
  const std::string text = written({.form = log_options::format::json});
  CHECK(text.starts_with("{\"time\":"));
  CHECK(text.ends_with("\"level\":\"warning\",\"app\":\"shop\",\"message\":\"loud\",\"n\":1}\n"));
}

TEST_CASE("a log file that cannot be opened is named") {
  sim::world w;
  CHECK_THROWS_AS((spdlog_sink{w.rt(), "shop", {.file = "/dev/null/log"}}), std::runtime_error);
}
