#include <ensue/flow/saga_history.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tests/saga_fixture.hpp>

using namespace fulfilment;

// Golden histories: what definitions have done, recorded once and replayed with every test run, so
// that a change which would break sagas that live somewhere is seen here. To add one, add a script
// below and run this test with ENSUE_WRITE_GOLDEN=1; it writes the files that are not there yet.
// A history that no longer replays is not rewritten: give the definition a new version.

namespace {

const std::filesystem::path golden{ENSUE_GOLDEN};

std::vector<std::shared_ptr<const saga_plan>> definitions() {
  return {definition().share(), two_events().share()};
}

using script = void (*)(fixture&);

const std::map<std::string, script> scripts{
    {"completed",
     [](fixture& f) {
       f.tell<order_placed>("o-1", 4999);
       f.tell<inventory_reserved>("o-1");
       f.tell<payment_processed>("o-1", "p-7");
       f.tell<parcel_sent>("o-1");
     }},
    {"declined",
     [](fixture& f) {
       f.tell<order_placed>("o-1", 4999);
       f.tell<inventory_reserved>("o-1");
       f.tell<payment_failed>("o-1", "card declined");
     }},
    {"early-and-late",
     [](fixture& f) {
       f.tell<payment_processed>("o-1", "p-7");
       f.tell<order_placed>("o-1", 4999);
       f.w.run_for(31min);
       f.tell<payment_refunded>("o-1");
       f.tell<inventory_reserved>("o-1");
     }},
    {"parked-and-resumed",
     [](fixture& f) {
       f.tell<order_placed>("o-1", 4999);
       f.tell<payment_processed>("o-1", "p-7");
       f.tell<payment_failed>("o-1", "stolen card");
       f.w.run_for(6min);
       CHECK(f.w.block_on(f.all.resume("fulfilment", "o-1")).has_value());
       f.tell<payment_refunded>("o-1");
     }},
    {"parked-and-abandoned",
     [](fixture& f) {
       f.tell<order_placed>("o-1", 4999);
       f.tell<payment_processed>("o-1", "p-7");
       f.w.run_for(36min);
       CHECK(f.w.block_on(f.all.abandon("fulfilment", "o-1", "refunded in cash")).has_value());
     }},
};

std::string played(script s) {
  fixture f{{.keep_history = true}};
  f.start();
  s(f);
  f.stop();
  return f.all.history("fulfilment", "o-1");
}

std::string content(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_CASE("every golden history replays against the definitions of today") {
  if (std::getenv("ENSUE_WRITE_GOLDEN")) {
    for (const auto& [name, s] : scripts) {
      const auto file = golden / ("fulfilment-1-" + name + ".jsonl");
      if (!std::filesystem::exists(file)) std::ofstream{file} << played(s);
    }
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator{golden}) {
    INFO(entry.path().filename().string());
    const auto difference = replay_saga_history(content(entry.path()), definitions());
    CHECK_MESSAGE(!difference, difference.value_or(""));
    ++files;
  }
  CHECK(files >= 5);
}

TEST_CASE("the first line that differs is shown, with what the definition does now") {
  fixture f{{.keep_history = true}};
  f.start();
  scripts.at("declined")(f);
  f.stop();
  const std::string lines = f.all.history("fulfilment", "o-1");
  CHECK(std::count(lines.begin(), lines.end(), '\n') == 3);
  CHECK(!replay_saga_history(lines, definitions()));

  std::string other = lines;
  other.replace(other.find("command.release-stock"), 21, "command.release-stuck");
  const std::string said = replay_saga_history(other, definitions()).value();
  CHECK(said.starts_with("line 3 differs"));
  CHECK(said.find("release-stuck") < said.find("release-stock"));

  CHECK(replay_saga_history(lines, {two_events().share()})
            .value()
            .find("there is no such definition") != std::string::npos);
  CHECK(replay_saga_history("{}\n", definitions()).value().starts_with("line 1 differs"));
}

TEST_CASE("the first line of a history cannot be left out, no line twice") {
  const std::string lines = played(scripts.at("completed"));
  const std::string first = lines.substr(0, lines.find('\n') + 1);
  CHECK(replay_saga_history(lines.substr(first.size()), definitions()));
  CHECK(replay_saga_history(first + lines, definitions())->find("duplicate") != std::string::npos);
}
