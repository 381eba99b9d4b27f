#include <ensue/bus/bus.hpp>
#include <ensue/bus/middleware.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;

namespace {

struct login {
  static constexpr std::string_view event_name = "user.login";
  std::string user;
};

struct memory_log final : log_sink {
  void write(log_level level, std::string_view message,
             std::span<const log_field> fields) noexcept override {
    std::string line = level == log_level::warning ? "W " : "I ";
    line += message;
    for (const log_field& f : fields)
      if (const auto* text = std::get_if<std::string_view>(&f.value))
        line.append(" ").append(*text);
    lines.push_back(line);
  }
  std::vector<std::string> lines;
};

struct fixture {
  memory_log log;
  sim::world w;
  bus b{w.rt()};
  int calls = 0;
  fixture() { w.rt().set_log(log); }
  ~fixture() { CHECK(b.total().balanced()); }
};

}  // namespace

TEST_CASE_FIXTURE(fixture, "log_events logs what is published and how each handler ended") {
  b.use(log_events(log_level::info));
  auto s1 = b.subscribe<login>([](const login&) {}, {.name = "greet"});
  auto s2 = b.subscribe<login>(
      [](const login&, context& c) -> task<> {
        co_await yield(c.rt());
        throw 1;
      },
      {.name = "audit", .on_error = [](const failure&) {}});
  CHECK(b.emit<login>("ann").delivered == 2);
  w.run();
  REQUIRE(log.lines.size() == 4);
  CHECK(log.lines[0] == "I event published user.login");
  CHECK(log.lines[1] == "I event handled user.login greet");
  CHECK(log.lines[2].find("I event failed user.login audit") == 0);
}

TEST_CASE_FIXTURE(fixture, "authorise drops what is not allowed, with a warning and in the count") {
  b.use(authorise([](const event_ref& e) {
    const login* l = e.as<login>();
    return !l || l->user == "ann";
  }));
  auto s = b.subscribe<login>([&](const login&) { ++calls; });
  CHECK(b.emit<login>("ann").delivered == 1);
  CHECK(b.emit<login>("eve").delivered == 0);
  CHECK(calls == 1);
  CHECK(s.counts().filtered == 1);
  REQUIRE(log.lines.size() == 1);
  CHECK(log.lines[0] == "W not authorised: the event is dropped user.login");
}

TEST_CASE_FIXTURE(fixture, "authorise_handlers keeps events from single handlers") {
  b.use(authorise_handlers([](context& c) { return c.subscription() != "secret"; }));
  auto s1 = b.subscribe<login>([&](const login&) { ++calls; }, {.name = "secret"});
  auto s2 = b.subscribe<login>([&](const login&) { ++calls; }, {.name = "open"});
  CHECK(b.emit<login>("ann").delivered == 1);
  CHECK(calls == 1);
  CHECK(s1.counts().dropped_for(drop_reason::middleware) == 1);
  CHECK(log.lines ==
        std::vector<std::string>{"W not authorised: the handler is not called user.login secret"});
}

TEST_CASE_FIXTURE(fixture, "count_events counts by event name") {
  auto figures = std::make_shared<event_figures>();
  b.use(count_events(figures));
  auto s1 = b.subscribe<login>([](const login&) {});
  auto s2 = b.subscribe<login>([](const login&) { throw 1; });
  auto s3 = b.subscribe<login>([](const login&, context& c) -> task<> { co_await yield(c.rt()); });
  auto s4 = b.subscribe<login>([](const login&, context& c) -> task<> {
    co_await yield(c.rt());
    throw 2;
  });
  for (int i = 0; i < 3; ++i) CHECK_FALSE(b.try_post<login>("ann"));
  w.run();
  const auto& line = figures->by_event.at("user.login");
  CHECK(line.published == 3);
  CHECK(line.handled == 6);
  CHECK(line.failed == 6);
}
