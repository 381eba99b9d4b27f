#include <ensue/sim/world.hpp>
#include <ensue/transport/urls/make_transport.hpp>

#include <doctest/doctest.h>

namespace ensue {
namespace {

TEST_CASE("make_transport: the URL decides which") {
  sim::world w;
  for (const std::string_view kind : transport_kinds()) {
    const std::string url = std::string{kind} + (kind == "memory" ? ":" : ":shop.db");
    const auto t = make_transport(w.rt(), url);
    REQUIRE_MESSAGE(t.has_value(), url);
    CHECK((*t)->features().name == kind);
    CHECK((*t)->state() == transport_state::connecting);
  }
}

TEST_CASE("make_transport: what there is not is named, with what there is") {
  sim::world w;
  for (const char* wrong : {"", "memory", "carrier-pigeon:", "Memory:", ":", "memory:x"}) {
    const auto t = make_transport(w.rt(), wrong);
    REQUIRE_MESSAGE(t.has_error(), wrong);
    CHECK(t.error().code == errc::invalid);
    CHECK(t.error().text().find("memory:") != std::string::npos);
  }
}

}  // namespace
}  // namespace ensue
