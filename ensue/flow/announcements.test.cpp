#include <ensue/event/json.hpp>
#include <ensue/flow/announcements.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("all who listen hear it, also when one of them stops listening meanwhile") {
  memory_announcements m;
  int a = 0, b = 0;
  std::uint64_t second = 0;
  m.listen([&](const announcement&) {
    ++a;
    m.forget(second);
  });
  second = m.listen([&](const announcement&) { ++b; });
  const announcement hello{.what = announced::who_is_there};
  m.announce(hello);
  CHECK(a == 1);
  CHECK(b == 0);
}

TEST_CASE("an announcement goes over a wire and back") {
  const announcement up{announced::up,           "r", "pay", "pay-1", {{"zone", "b"}},
                        std::chrono::seconds{9}, 3};
  const auto text = encode_json(up);
  REQUIRE(text.has_value());
  const auto back = decode_json<announcement>(*text);
  REQUIRE(back.has_value());
  CHECK(back->what == announced::up);
  CHECK(back->metadata.at("zone") == "b");
  CHECK(back->ttl == up.ttl);
  CHECK(back->load == 3);
}
