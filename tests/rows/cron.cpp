#include <ensue/event/time_text.hpp>
#include <ensue/flow/cron.hpp>

#include <tests/rows/case_file.hpp>
#include <tests/rows/sets.hpp>

// Both sources are judged by one dialect (see cron.hpp): robfig/cron's moments, and refusal of what
// cron-parser refuses.

namespace rows {
namespace {

using ensue::cron;
using ensue::time_zone;
using ensue::wall_time;

struct moment {
  wall_time time;
  time_zone zone;  // of its offset; UTC without one
};

// `2012-03-11T01:00:00`, with `-0500`, `-05:00`, `Z` or nothing at the end.
moment read_time(std::string text) {
  const std::string written = text;
  constexpr std::size_t plain = 19;
  if (text.size() == plain) text += 'Z';
  if (text.size() == plain + 5) text.insert(plain + 3, ":");
  const auto time = ensue::parse_time(text);
  if (!time) throw std::runtime_error{"cannot read the time " + written};
  if (text.size() != plain + 6) return {*time, {}};
  text.erase(plain);
  const wall_time local = ensue::parse_time(text + "Z").value();
  return {*time, time_zone::fixed(std::chrono::duration_cast<std::chrono::seconds>(local - *time))};
}

ensue::cron_result<cron> read_expression(const row& r, const time_zone& zone) {
  time_zone used = zone;
  if (r.has("zone")) {
    const auto named = time_zone::named(r.string("zone"));
    if (!named) throw cannot_judge{"the system does not know a zone"};
    used = *named;
  }
  return cron::parse(r.string("expr"), {.zone = used});
}

std::string judge_next(const row& r) {
  const moment after = read_time(r.string("time"));
  const auto c = read_expression(r, after.zone);
  const bool never = r.fields.at("next").is_null();
  if (!c) return never ? std::string{} : "refused: " + c.error().what();
  const auto next = c->next(after.time);
  const std::string got = next ? ensue::time_text(*next) : "never";
  const std::string expected = never ? "never" : ensue::time_text(read_time(r.string("next")).time);
  return compare("next", expected, got);
}

std::string judge_fires(const row& r) {
  const moment at = read_time(r.string("time"));
  const auto c = read_expression(r, at.zone);
  if (!c) return "refused: " + c.error().what();
  const bool by_next = c->next(at.time - std::chrono::seconds{1}) == at.time;
  if (by_next != c->matches(at.time)) return "next and matches disagree";
  return compare("fires", r.boolean("fires"), by_next);
}

std::string judge(const row& r) {
  const std::string kind = r.string("kind");
  if (kind == "next-after") return judge_next(r);
  if (kind == "fires-at") return judge_fires(r);
  const auto c = cron::parse(r.string("expr"));
  if (kind == "invalid") return compare("is an expression", false, c.has_value());
  if (kind != "never-or-invalid") return "unknown kind of row: " + kind;
  const bool fires =
      c && c->next(wall_time{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}});
  return compare("ever fires", false, fires);
}

}  // namespace

void run_cron(const std::filesystem::path& folder, set_report& report) {
  run_case_files(folder, report, judge);
}

}  // namespace rows
