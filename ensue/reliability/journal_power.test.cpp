// Whatever happens to the machine: what was acknowledged is there, and in order.
#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/explore.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <tests/async_cases.hpp>
#include <tests/journal_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

enum class bug : std::uint8_t { none, acknowledges_before_the_sync };

// What outside the machine is remembered: the number each writer got acknowledged last.
struct witness {
  std::map<int, int> acknowledged{};
  int lives = 0;
  std::string broken{};
};

// "2:17": the 17th record of writer 2.
std::string text_of(int writer, int n) { return std::to_string(writer) + ":" + std::to_string(n); }

task<> write_on(journal& j, int writer, witness& w, bug b) {
  for (int n = w.acknowledged[writer] + 1;; ++n) {
    // Of different lengths, some of several sectors.
    std::string record = text_of(writer, n);
    record.resize(record.size() + static_cast<std::size_t>(n * 131 % 1500), ' ');
    if (b == bug::acknowledges_before_the_sync) {
      const auto number = j.put(record);
      if (!number) co_return;
      w.acknowledged[writer] = n;
      if (!co_await j.durable(*number)) co_return;
    } else {
      if (!co_await j.append(record)) co_return;
      w.acknowledged[writer] = n;
    }
  }
}

// Each writer's records: all up to the last acknowledged, in order, none left out.
void look(const texts& records, witness& w) {
  std::map<int, int> last;
  for (const std::string& r : records) {
    const std::size_t colon = r.find(':');
    const int writer = std::stoi(r), n = std::stoi(r.substr(colon + 1));
    if (n != last[writer] + 1)
      w.broken = text_of(writer, n) + " after " + text_of(writer, last[writer]);
    last[writer] = n;
  }
  for (const auto& [writer, n] : w.acknowledged)
    if (last[writer] < n) w.broken = text_of(writer, n) + " was acknowledged and is lost";
  // Writers go on behind what is there, so that numbers stay in order.
  for (const auto& [writer, n] : last) w.acknowledged[writer] = n;
}

task<> serve(sim::host& h, witness& w, bug b) {
  runtime& rt = h.rt();
  auto opened = co_await open_journal(rt, h.disk());
  if (!opened) {
    if (opened.error().code == errc::invalid) w.broken = opened.error().text();
    co_return;  // the disk failed: the next life may do better
  }
  look(opened->records, w);
  ++w.lives;
  journal& j = *opened->file;
  if (w.lives % 2 == 0 && !co_await j.compact(opened->records)) co_return;
  co_await with_scope(rt, [&](scope& s) -> task<> {
    for (int i = 1; i <= 3; ++i) s.spawn("writer", write_on(j, i, w, b));
    co_return;
  });
}

void cut_power_often(sim::world& w, bug b) {
  witness seen;
  sim::host& h =
      w.host("store", [&](sim::host& me) { me.spawn_background("serve", serve(me, seen, b)); });
  random_stream draw = w.random("cuts");
  if (draw.chance(300)) h.disk().set_faults({.write = 5, .sync = 5, .other = 5});
  for (int i = 0; i < 5; ++i) {
    w.run_for(duration{static_cast<std::int64_t>(draw.below(15'000'000))});
    if (draw.chance(700)) {
      h.power_cut();
    } else {
      h.crash();
    }
    w.require(seen.broken.empty(), seen.broken);
    h.restart();
  }
  h.disk().set_faults({});
  h.power_cut();
  const int before = seen.lives;
  h.restart();
  w.require(w.run_until([&] { return seen.lives > before || !seen.broken.empty(); }), "not opened");
  w.require(seen.broken.empty(), seen.broken);
  w.note("lives", static_cast<std::uint64_t>(seen.lives));
  w.end();
}

}  // namespace

TEST_CASE("what was acknowledged survives crashes, power cuts and failing disks") {
  const auto found = sim::for_each_seed(2000, [](sim::world& w) { cut_power_often(w, bug::none); });
  CHECK(found.distinct > 1900);
}

TEST_CASE("planted: a record is acknowledged before the sync") {
  const auto found = sim::explore({.seeds = 2000}, [](sim::world& w) {
    cut_power_often(w, bug::acknowledges_before_the_sync);
  });
  REQUIRE(found.failing_seed);
  MESSAGE("fell at seed " << *found.failing_seed);
  CHECK(found.report.find("was acknowledged and is lost") != std::string::npos);
}
