#include <ensue/bus/route_outlet.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct sent {
  static constexpr std::string_view event_name = "invoice.sent";
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(sent, (), (number))

struct unknown {
  static constexpr std::string_view event_name = "invoice.unknown";
};

}  // namespace

TEST_CASE("outlet: an event whose type is not registered cannot leave, and says so") {
  sim::world w;
  event_registry known;
  bus b{w.rt(), {.registry = &known}};
  memory_transport t{w.rt()};
  (void)w.block_on(t.open());
  route out{b, t, "invoice.>"};
  std::string text;
  try {
    w.block_on(b.post<unknown>());
  } catch (const boost::system::system_error& e) {
    text = e.what();
  }
  CHECK(text.find("invoice.unknown leaves by memory:") != std::string::npos);
  CHECK(text.find("registry") != std::string::npos);
}

TEST_CASE("outlet: a full transport is tried again until there is room, or the time is over") {
  sim::world w;
  event_registry known;
  (void)known.add<sent>();
  bus b{w.rt(), {.registry = &known}};
  memory_transport t{
      std::make_shared<memory_broker>(w.rt(), memory_broker_options{.unsettled_max = 1})};
  (void)w.block_on(t.open());
  route out{b, t, "invoice.>", {.publish_within = 10s}};
  consume_options o{.group = "g"};
  const auto reader = w.block_on(t.consume(std::move(o))).value();
  w.block_on(b.post<sent>(1));
  CHECK_THROWS_WITH_AS(w.block_on(b.post<sent>(2)), doctest::Contains("publishing invoice.sent"),
                       boost::system::system_error);
  CHECK(w.elapsed() <= 10s);
  CHECK(w.elapsed() > 7s);

  bool accepted = false;
  w.spawn("post", [](bus& b, bool& accepted) -> task<> {
    co_await b.post<sent>(3);
    accepted = true;
  }(b, accepted));
  w.run_for(1s);
  CHECK_FALSE(accepted);
  const delivery d = w.block_on(reader->next()).value();
  (void)w.block_on(reader->settle(d.token, {}));
  w.run_for(3s);
  CHECK(accepted);
}
