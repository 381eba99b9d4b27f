#include <ensue/transport/sqlite/options.hpp>

#include <doctest/doctest.h>

#include <string>

namespace ensue::sqlite {
namespace {

using namespace std::chrono_literals;

TEST_CASE("sqlite options: a URL names the file and what is not as usual") {
  CHECK(options_of("sqlite:shop.db")->file == "shop.db");
  CHECK(options_of("sqlite:shop.db")->synchronous == synchronous::full);
  CHECK(options_of("sqlite:///var/shop.db")->file == "/var/shop.db");
  const options o = options_of(
                        "sqlite:a.db?synchronous=normal&adopt=true&bytes_max=5&count_max=6"
                        "&age_max_s=7&look_every_ms=8&busy_wait_ms=9")
                        .value();
  CHECK(o.synchronous == synchronous::normal);
  CHECK(o.adopt);
  CHECK(o.bytes_max == 5);
  CHECK(o.keep.count_max == 6);
  CHECK(o.keep.age_max == 7s);
  CHECK(o.look_every == 8ms);
  CHECK(o.busy_wait == 9ms);
}

TEST_CASE("sqlite options: nonsense is named") {
  const auto text = [](const char* url) { return options_of(url).error().text(); };
  CHECK(text("redis:x").find("sqlite:") != std::string::npos);
  CHECK(text("sqlite:").find("no file") != std::string::npos);
  CHECK(text("sqlite::memory:").find("memory:") != std::string::npos);
  CHECK(text("sqlite:a?synchronous=off").find("synchronous: 'off'") != std::string::npos);
  CHECK(text("sqlite:a?adopt=perhaps").find("adopt: 'perhaps'") != std::string::npos);
  CHECK(text("sqlite:a?look_every_ms=0").find("look_every_ms: '0'") != std::string::npos);
  CHECK(text("sqlite:a?count_max=-1").find("count_max: '-1'") != std::string::npos);
  CHECK(text("sqlite:a?colour=red").find("'colour' is no option; there are") != std::string::npos);
}

}  // namespace
}  // namespace ensue::sqlite
