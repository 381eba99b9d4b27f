#include <ensue/app/log_line.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::string_view_literals;

TEST_CASE("text lines quote what needs it and stay one line") {
  const log_field fields[] = {{"handler", "mail"sv},
                              {"error", "no \"route\"\nhere"sv},
                              {"tries", std::int64_t{3}},
                              {"rate", 0.5},
                              {"last", true}};
  CHECK(text_log_line("a handler\nfailed", fields) ==
        "a handler\\nfailed handler=mail error=\"no \\\"route\\\"\\nhere\" tries=3 rate=0.5 "
        "last=true");
}

TEST_CASE("JSON lines have time, level, app, message and the fields") {
  const log_field fields[] = {{"level", "x"sv}, {"n", std::int64_t{-1}}};
  const wall_time at{std::chrono::milliseconds{1'700'000'000'123}};
  CHECK(json_log_line(at, "shop", log_level::warning, "a\x01", fields) ==
        "{\"time\":\"2023-11-14T22:13:20.123Z\",\"level\":\"warning\",\"app\":\"shop\","
        "\"message\":\"a\\u0001\",\"_level\":\"x\",\"n\":-1}");
}
