// Every file that we write, cut off at every offset and with a bit of every byte flipped: refused,
// or read with a report of what was lost; never silently, and nothing in it that was not written.
#include <ensue/flow/event_log.hpp>
#include <ensue/flow/journal_store.hpp>
#include <ensue/flow/schedule_file.hpp>
#include <ensue/reliability/dead_letters.hpp>
#include <ensue/reliability/dedupe_file.hpp>
#include <ensue/sim/disk.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

constexpr const char* path = "kept";
constexpr int entries = 3;

struct reading {
  bool refused = false;
  std::string why{};
  bool clean = false;
  std::vector<std::string> found{};
};

/// One of our files: how it is written, and what is read out of it.
struct format {
  const char* name;
  task<> (*write)(runtime& rt, disk& d);
  task<reading> (*read)(runtime& rt, disk& d, bool salvage);
  bool salvages = true;
};

std::string text_of(int i) { return "entry-" + std::to_string(i); }

reading refused(std::string why) {
  reading r;
  r.refused = true;
  r.why = std::move(why);
  return r;
}

task<> write_letters(runtime& rt, disk& d) {
  const auto file = (co_await dead_letters::open(rt, d, path)).value();
  for (int i = 0; i < entries; ++i) {
    dead_letter l;
    l.event = text_of(i);
    l.event_id = rt.new_id();
    l.subscription = "desk";
    l.payload = "{}";
    (void)(co_await file->add(std::move(l))).value();
  }
  (co_await file->close()).value();
}

task<reading> read_letters(runtime& rt, disk& d, bool salvage) {
  dead_letter_options o;
  o.salvage = salvage;
  const auto opened = co_await dead_letters::open(rt, d, path, o);
  if (!opened) co_return refused(opened.error().text());
  reading r;
  r.clean = (*opened)->report().clean();
  for (const auto& l : (*opened)->list()) r.found.push_back(l->event);
  (co_await (*opened)->close()).value();
  co_return r;
}

dedupe_policy for_a_day() { return {.window = 24h}; }

task<> write_keys(runtime& rt, disk& d) {
  const auto file = (co_await dedupe_file::open(rt, d, path, for_a_day())).value();
  for (int i = 0; i < entries; ++i) {
    dedupe_key key{"shop", text_of(i)};
    co_await file->record(std::move(key));
  }
  (co_await file->close()).value();
}

task<reading> read_keys(runtime& rt, disk& d, bool) {
  const auto opened = co_await dedupe_file::open(rt, d, path, for_a_day());
  if (!opened) co_return refused(opened.error().text());
  reading r;
  r.clean = (*opened)->report().clean();
  for (int i = 0; i < entries; ++i)
    if ((*opened)->seen({"shop", text_of(i)})) r.found.push_back(text_of(i));
  while (r.found.size() < (*opened)->size()) r.found.emplace_back("something else");
  (co_await (*opened)->close()).value();
  co_return r;
}

task<> write_schedules(runtime& rt, disk& d) {
  const auto file = (co_await schedule_file::open(rt, d, path)).value();
  for (int i = 0; i < entries; ++i) {
    kept_schedule s;
    s.id = s.name = text_of(i);
    s.when = "every 1h";
    s.event = "report.due";
    s.json = "{}";
    (co_await file->save(std::move(s))).value();
  }
}

task<reading> read_schedules(runtime& rt, disk& d, bool salvage) {
  const auto opened = co_await schedule_file::open(rt, d, path, salvage);
  if (!opened) co_return refused(opened.error().text());
  reading r;
  r.clean = (*opened)->report().clean();
  for (const kept_schedule& s : (co_await (*opened)->load()).value()) r.found.push_back(s.name);
  co_return r;
}

journal_store_options log_kind(bool salvage) { return {.kind = "events/1", .salvage = salvage}; }

task<> write_log(runtime& rt, disk& d) {
  journal_store store{rt, d, path, log_kind(false)};
  {
    event_log log{rt, store};
    co_await log.start();
    for (int i = 0; i < entries; ++i) {
      logged_event e;
      e.id = rt.new_id();
      e.type = text_of(i);
      e.event = decode_json<any_json>("{}").value();
      (co_await log.append(std::move(e))).value();
    }
  }
  (co_await store.close()).value();
}

task<reading> read_log(runtime& rt, disk& d, bool salvage) {
  journal_store store{rt, d, path, log_kind(salvage)};
  reading r;
  {
    event_log log{rt, store};
    std::string failed;
    try {
      co_await log.start();
    } catch (const system_error& e) {
      failed = e.what();
    }
    if (!failed.empty()) co_return refused(failed);
    r.clean = store.report().clean();
    for (const logged_event& e : log.read({})) r.found.push_back(e.type);
  }
  (co_await store.close()).value();
  co_return r;
}

constexpr format formats[] = {
    {"dead letters", &write_letters, &read_letters},
    {"dedupe", &write_keys, &read_keys, false},
    {"schedules", &write_schedules, &read_schedules},
    {"event log", &write_log, &read_log},
};

std::string written(const format& f) {
  sim::disk d{1};
  sim::world w{1};
  w.block_on(f.write(w.rt(), d));
  w.end();
  return d.content(path);
}

reading read(const format& f, const std::string& bytes, bool salvage) {
  sim::disk d{1};
  d.set_content(path, bytes);
  sim::world w{2};
  reading r = w.block_on(f.read(w.rt(), d, salvage));
  w.end();
  return r;
}

std::vector<std::string> all_entries() {
  std::vector<std::string> all;
  for (int i = 0; i < entries; ++i) all.push_back(text_of(i));
  return all;
}

// Of what was written, in order; nothing invented, nothing twice.
bool is_part(const std::vector<std::string>& found) {
  const auto all = all_entries();
  return std::includes(all.begin(), all.end(), found.begin(), found.end());
}

}  // namespace

TEST_CASE("files that nobody has touched are read whole, and said to be well") {
  for (const format& f : formats) {
    INFO(f.name);
    const reading r = read(f, written(f), false);
    CHECK_FALSE(r.refused);
    CHECK(r.clean);
    CHECK(r.found == all_entries());
  }
}

TEST_CASE("a file cut off at any offset: refused, or the first of its entries, and said so") {
  for (const format& f : formats) {
    const std::string whole = written(f);
    std::size_t whole_records = 0;
    for (std::size_t n = 1; n < whole.size(); ++n) {
      INFO(f.name, " cut at ", n);
      const reading r = read(f, whole.substr(0, n), false);
      if (r.refused) {
        REQUIRE(r.why.find(path) != std::string::npos);
        continue;
      }
      const auto all = all_entries();
      REQUIRE(r.found.size() < entries);
      REQUIRE(std::equal(r.found.begin(), r.found.end(), all.begin()));
      whole_records += r.clean;
    }
    INFO(f.name);
    CHECK(whole_records <= entries);  // a cut between two records is no damage
  }
}

TEST_CASE("a file with one bit flipped anywhere: refused, or read with a report") {
  for (const format& f : formats) {
    const std::string whole = written(f);
    for (std::size_t i = 0; i < whole.size() * 8; i += 9) {  // every byte, another bit of each
      std::string bad = whole;
      bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
      INFO(f.name, " bit ", i % 8, " of byte ", i / 8);
      for (const bool salvage : {false, true}) {
        if (salvage && !f.salvages) continue;
        const reading r = read(f, bad, salvage);
        REQUIRE((r.refused || !r.clean));
        REQUIRE(is_part(r.found));
        REQUIRE(r.found.size() < entries);
      }
    }
  }
}
