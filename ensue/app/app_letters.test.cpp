#include <ensue/app/app.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/sim/world.hpp>

#include <boost/describe/class.hpp>
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <tests/temporary_folder.hpp>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct shipped {
  static constexpr std::string_view event_name = "order.shipped";
  int number = 0;
};
BOOST_DESCRIBE_STRUCT(shipped, (), (number))

struct life {
  sim::world w;
  event_registry known;
  bool well = false;
  int handled = 0;

  life() { (void)known.add<shipped>(); }

  // One run of the service over the same file; how many letters it holds at the end.
  std::size_t run(bool mark) {
    app_options o{.environment = config::environment{}, .bus = {.registry = &known}};
    o.dead_letters_file = "dead.letters";
    o.files = &w.host("main").disk();
    app a{w.rt(), "shop", std::move(o)};
    a.on<shipped>(
        [this](const shipped&) {
          if (!well) throw std::runtime_error("no paper");
          ++handled;
        },
        {.name = "mail"});
    w.spawn("app", [](app& a) -> task<> { (void)co_await a.serve(); }(a));
    w.run_for(1s);
    if (!well) CHECK_FALSE(a.bus().try_post<shipped>(7));
    w.run_for(1s);
    REQUIRE(a.letters());
    if (mark) CHECK(w.block_on(a.letters()->mark({})).value() == 1);
    const std::size_t kept = a.letters()->size();
    a.stop("enough");
    w.run();
    return kept;
  }
};

}  // namespace

TEST_CASE("dead letters go to the file; what is marked there is redriven at the next start") {
  life l;
  CHECK(l.run(true) == 1);
  CHECK(l.handled == 0);
  l.well = true;
  CHECK(l.run(false) == 0);
  CHECK(l.handled == 1);
}

TEST_CASE("what is not marked stays in the file") {
  life l;
  CHECK(l.run(false) == 1);
  l.well = true;
  CHECK(l.run(false) == 1);
  CHECK(l.handled == 0);
}

TEST_CASE("a file that is no file of dead letters keeps the service from starting, and says so") {
  const temporary_file f{"order 7, order 8, order 9, and so on and so on"};
  sim::world w;
  app_options o{.environment = config::environment{{"ENSUE_DEAD_LETTERS_FILE", f.path()}}};
  app a{w.rt(), "shop", std::move(o)};
  CHECK(w.block_on(a.serve()) == exit_code::start_failed);
  REQUIRE(a.start_problems().size() == 1);
  CHECK(a.start_problems()[0].find("dead_letters.file: ") != std::string::npos);
  CHECK(a.start_problems()[0].find(f.path()) != std::string::npos);
}
