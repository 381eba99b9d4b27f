#include <ensue/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace ensue::testing;
using namespace std::chrono_literals;

namespace {

struct order {
  int id = 0;
};

struct feed {
  static constexpr std::string_view name = "feed";
  std::string& log;
  bus& b;
  void start() { log += "start "; }
  void stop() {}
  task<> run() { co_await b.post<order>(1); }
};

struct goodbye {
  std::string& log;
  ~goodbye() { log += "gone "; }
};

}  // namespace

TEST_CASE("a service has a bus and components that start by themselves, anew in each life") {
  std::string log;
  simulation w{{.seed = 1}};
  w.host("shop", [&](service& s) {
    s.make<goodbye>(log);
    s.add(std::make_unique<feed>(feed{log, s.bus()}));
    s.on<order>([&](const order&) { log += "order "; });
  });
  w.world().run_for(1s);
  CHECK(log == "start order ");
  w.host("shop").crash();
  CHECK(log == "start order gone ");
  w.host("shop").restart();
  w.world().run_for(1s);
  CHECK(log == "start order gone start order ");
}

TEST_CASE("an app boots as it does in production, and dies with its host") {
  std::string log;
  simulation w{{.seed = 1}};
  w.host("shop", [&](app& a) {
    a.add(std::make_unique<feed>(feed{log, a.bus()}));
    a.on<order>([&](const order&) { log += "order "; });
    a.on<service_started>([&](const service_started& s) { log += s.app + " "; });
  });
  w.world().run_for(1s);
  CHECK(log.find("start ") == 0);
  CHECK(log.find("shop ") != std::string::npos);
  CHECK(log.find("order ") != std::string::npos);
  w.host("shop").crash();
  w.world().run_for(1s);
  CHECK_FALSE(w.host("shop").up());
}
