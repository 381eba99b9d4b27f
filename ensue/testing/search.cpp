#include <ensue/testing/search.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <exception>

namespace ensue::testing {
namespace {

constexpr std::uint64_t seeds_between_progress = 256;

const char* environment(const char* name) {
  // house: allow environment, because a replay must not need a rebuild
  return std::getenv(name);
}

std::optional<std::uint64_t> number_from_environment(const char* name) {
  const char* text = environment(name);
  if (!text) return std::nullopt;
  const std::string_view all{text};
  std::uint64_t n = 0;
  const auto r = std::from_chars(text, text + all.size(), n);
  if (r.ec != std::errc{} || r.ptr != text + all.size())
    throw sim::failure{std::string{name} + "=" + text + ": expected a whole number"};
  return n;
}

std::string program_with_seed(std::uint64_t seed) {
#if defined(__GLIBC__)
  return "ENSUE_SEED=" + std::to_string(seed) + " " + program_invocation_name;
#else
  return "ENSUE_SEED=" + std::to_string(seed);
#endif
}

void add_sites(site_totals& to, const sim::fault_sites& from) {
  for (const auto& [place, count] : from.counts()) {
    site_total& t = to[place];
    t.reached += count.reached;
    t.fired += count.fired;
    t.active_seeds += count.active;
  }
}

void run(simulation& w, const scenario& s, outcome& o) {
  try {
    s.run(w);
    if (w.unfinished()) o.why = "the scenario never called run()";
  } catch (const broken_promise& e) {
    o.why = e.what();
    o.broken = e.name();
  } catch (const std::exception& e) {
    o.why = e.what();
  } catch (...) {
    o.why = "an exception of an unknown type";
  }
}

std::string report_on(const scenario& s, const run_options& o, const outcome& first,
                      const search_options& wanted) {
  run_options again = o;
  again.keep_trace = wanted.last_steps;
  const outcome second = run_once(s, again);
  std::string out = s.name + ", seed " + std::to_string(o.seed) + ": " + *first.why + "\n";
  out += first.setting + "\nfaults that happened: " + first.happened.text() + "\nlast steps:\n";
  for (const std::string& line : second.trace) out += "  " + line + "\n";
  if (!second.why || second.hash != first.hash)
    out += "THE SECOND RUN OF THIS SEED WAS DIFFERENT: see ensue/sim/determinism.hpp\n";
  out += "again:  " + (wanted.replay ? wanted.replay(o.seed) : program_with_seed(o.seed));
  return out;
}

}  // namespace

outcome run_once(const scenario& s, const run_options& o, site_totals* sites) {
  outcome result;
  simulation w{o};
  run(w, s, result);
  result.hash = w.world().hash();
  result.steps = w.world().steps();
  result.elapsed = w.world().elapsed();
  if (sites) add_sites(*sites, w.sites());
  if (!result.why) return result;
  result.setting = w.text();
  for (const std::string& id : w.faults().happened()) result.happened.faults.insert(id);
  for (const auto& [name, value] : w.sizes()) result.happened.sizes.emplace(name, value);
  for (const auto& e : w.world().history().entries()) result.trace.push_back(e.line());
  return result;
}

search_result search_seeds(const scenario& s, const search_options& o) {
  search_result found;
  std::vector<std::uint64_t> hashes;
  hashes.reserve(o.seeds);
  run_options run{.planted = o.planted, .edits = o.edits};
  for (; found.seeds < o.seeds && !found.failing_seed; ++found.seeds) {
    run.seed = o.first_seed + found.seeds;
    const outcome r = run_once(s, run, &found.sites);
    hashes.push_back(r.hash);
    found.steps += r.steps;
    found.virtual_time += std::chrono::duration_cast<std::chrono::milliseconds>(r.elapsed);
    if (o.progress && found.seeds % seeds_between_progress == 0) o.progress(found);
    if (!r.why) continue;
    found.failing_seed = run.seed;
    found.broken = r.broken;
    found.report = report_on(s, run, r, o);
  }
  std::sort(hashes.begin(), hashes.end());
  found.distinct =
      static_cast<std::uint64_t>(std::unique(hashes.begin(), hashes.end()) - hashes.begin());
  return found;
}

search_result search_seeds(std::string_view name, std::uint64_t seeds, scenario_body body) {
  search_options o{.seeds = number_from_environment("ENSUE_SEEDS").value_or(seeds)};
  if (const auto seed = number_from_environment("ENSUE_SEED")) {
    o.first_seed = *seed;
    o.seeds = 1;
  }
  if (const char* faults = environment("ENSUE_FAULTS")) {
    const auto edits = run_edits::parse(faults);
    if (!edits) throw sim::failure{std::string{"ENSUE_FAULTS="} + faults + ": no list of faults"};
    o.edits = *edits;
  }
  return search_seeds(scenario{std::string{name}, {}, std::move(body)}, o);
}

}  // namespace ensue::testing
