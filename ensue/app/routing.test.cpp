#include <ensue/app/app.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <string>
#include <tests/temporary_folder.hpp>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct placed {
  static constexpr std::string_view event_name = "order.placed";
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(placed, (), (number))

const event_registry& known() {
  static const event_registry all = [] {
    event_registry r;
    (void)r.add<placed>();
    return r;
  }();
  return all;
}

app_options with(config::environment variables) {
  return {.environment = std::move(variables), .bus = {.registry = &known()}};
}

}  // namespace

TEST_CASE("routing: a URL in the configuration, and no handler knows") {
  const temporary_file f{
      "[routes.orders]\npattern = \"order.>\"\nurl = \"memory:\"\nlease = \"5s\"\n"};
  sim::world w;
  app_options o = with({});
  o.config_file = f.path();
  app a{w.rt(), "shop", std::move(o)};
  std::vector<int> seen;
  a.on<placed>([&](const placed& e) { seen.push_back(e.number); }, {.name = "mail"});
  w.spawn("app", [](app& a) -> task<> { CHECK(co_await a.serve() == exit_code::drained); }(a));
  w.run_for(1s);
  REQUIRE(a.routes().at("memory:"));
  w.block_on(a.bus().post<placed>(7));
  w.run_for(1s);
  CHECK(seen == std::vector<int>{7});
  CHECK(a.routes().routes().at(0)->accounts().at(0).acked == 1);
  a.stop("enough");
  w.run();
  CHECK(a.settings().problems().empty());
}

TEST_CASE("routing: a transport that promises too little keeps the service from starting") {
  sim::world w;
  app a{w.rt(), "shop", with({{"ENSUE_ROUTES_ORDERS_URL", "memory:"}})};
  a.route({.pattern = "order.>", .url = "memory:", .survives = survival::power});
  CHECK(w.block_on(a.serve()) == exit_code::start_failed);
  REQUIRE(a.start_problems().size() == 1);
  CHECK(a.start_problems()[0].find("route order.>: memory: promises survival::none; asked for "
                                   "survival::power") == 0);
}

TEST_CASE("routing: what is wrong with a rule is named") {
  const auto problem = [](route_rule rule) {
    sim::world w;
    app a{w.rt(), "shop", with({})};
    a.route(std::move(rule));
    CHECK(w.block_on(a.serve()) == exit_code::start_failed);
    return a.start_problems().empty() ? "" : a.start_problems()[0];
  };
  CHECK(problem({.pattern = "order..x", .url = "memory:"}).find("'order..x'") != std::string::npos);
  CHECK(problem({.pattern = "order.>", .url = "pigeon:"}).find("'pigeon:'") != std::string::npos);
  CHECK(problem({.pattern = "order.>", .url = "memory:fast"}).find("memory:fast") !=
        std::string::npos);
}

TEST_CASE(
    "routing: two of one name that want the same events fail the start, after which all stops") {
  sim::world w;
  app a{w.rt(), "shop", with({})};
  a.route({.pattern = "order.>", .url = "memory:"});
  for (int i = 0; i < 2; ++i) a.on<placed>([](const placed&) {}, {.name = "mail"});
  CHECK(w.block_on(a.serve()) == exit_code::component_failed);
  CHECK(a.report().reason.find("two subscriptions named mail") != std::string::npos);
}

TEST_CASE("routing: a rule of the configuration without its parts is refused") {
  const temporary_file f{"[routes.orders]\nsurvives = \"fire\"\nlese = \"5s\"\n"};
  sim::world w;
  app_options o = with({});
  o.config_file = f.path();
  app a{w.rt(), "shop", std::move(o)};
  CHECK(w.block_on(a.serve()) == exit_code::start_failed);
  std::string all;
  for (const std::string& p : a.start_problems()) all += p + "\n";
  for (const char* part : {"routes.orders.pattern", "routes.orders.url", "fire", "lease"})
    CHECK_MESSAGE(all.find(part) != std::string::npos, all);
}
