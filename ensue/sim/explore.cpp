#include <ensue/sim/explore.hpp>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <vector>

namespace ensue::sim {
namespace {

constexpr std::size_t last_steps = 50;

std::optional<std::uint64_t> number_from_environment(const char* name) {
  // house: allow environment, because a replay must not need a rebuild
  const char* text = std::getenv(name);
  if (!text) return std::nullopt;
  std::uint64_t n = 0;
  const char* end = text + std::strlen(text);
  if (const auto r = std::from_chars(text, end, n); r.ec != std::errc{} || r.ptr != end)
    throw failure{std::string{name} + "=" + text + ": expected a whole number"};
  return n;
}

sweep with_environment(sweep s) {
  if (const auto n = number_from_environment("ENSUE_SEEDS")) s.seeds = *n;
  if (const auto seed = number_from_environment("ENSUE_SEED")) {
    s.first_seed = *seed;
    s.seeds = 1;
  }
  return s;
}

options options_for(const sweep& s, std::uint64_t seed) {
  options o = s.swarm ? options::swarm(seed) : options{};
  o.seed = seed;
  o.order = s.order;
  return o;
}

// Why the run failed; nothing if it did not.
std::optional<std::string> run_once(world& w, const scenario& s) {
  try {
    s(w);
    return std::nullopt;
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "an exception of an unknown type";
  }
}

const char* program() {
#if defined(__GLIBC__)
  return program_invocation_name;
#else
  return "the test";
#endif
}

// Runs the failing seed again to show its last steps.
std::string report_on(const options& o, const scenario& s, const std::string& why,
                      std::uint64_t hash) {
  std::string out = "seed " + std::to_string(o.seed) + " failed: " + why + "\n" + o.text() + "\n";
  world again{o};
  again.history().keep(last_steps);
  const bool failed = run_once(again, s).has_value();
  if (!failed || again.hash() != hash)
    out += "THE SECOND RUN OF THIS SEED WAS DIFFERENT: see check_determinism\n";
  for (const trace::entry& e : again.history().entries()) out += "  " + e.line() + "\n";
  return out + "replay: ENSUE_SEED=" + std::to_string(o.seed) + " " + program() + "\n";
}

}  // namespace

findings explore(const sweep& seeds, const scenario& s) {
  const sweep wanted = with_environment(seeds);
  findings found;
  std::vector<std::uint64_t> hashes;
  hashes.reserve(wanted.seeds);
  for (; found.seeds < wanted.seeds && !found.failing_seed; ++found.seeds) {
    const options o = options_for(wanted, wanted.first_seed + found.seeds);
    world w{o};
    const std::optional<std::string> why = run_once(w, s);
    hashes.push_back(w.hash());
    found.steps += w.steps();
    found.virtual_time += std::min(w.elapsed(), duration::max() - found.virtual_time);
    if (!why) continue;
    found.failing_seed = o.seed;
    found.report = report_on(o, s, *why, w.hash());
  }
  std::sort(hashes.begin(), hashes.end());
  found.distinct =
      static_cast<std::uint64_t>(std::unique(hashes.begin(), hashes.end()) - hashes.begin());
  return found;
}

findings for_each_seed(std::uint64_t n, const scenario& s) {
  findings found = explore(sweep{.seeds = n}, s);
  if (found.failing_seed) throw failure{found.report};
  return found;
}

}  // namespace ensue::sim
