#include <ensue/testing/sim_arguments.hpp>

#include <charconv>

namespace ensue::testing {
namespace {

bool number(std::string_view text, std::uint64_t& out) {
  const char* end = text.data() + text.size();
  const auto [at, ec] = std::from_chars(text.data(), end, out);
  return ec == std::errc{} && at == end;
}

bool read_flag(std::string_view option, sim_arguments& a) {
  if (option == "--help" || option == "-h") return a.help = true;
  if (option == "--list") return a.list = true;
  if (option == "--bugs") return a.bugs = true;
  if (option == "--shrink") return a.shrink = true;
  if (option == "--json") return a.json = true;
  return false;
}

bool read_value(std::string_view option, std::string_view value, sim_arguments& a) {
  std::uint64_t n = 0;
  if (option == "--seeds") return number(value, a.seeds) && a.seeds > 0;
  if (option == "--seed") return a.seeds = 1, number(value, a.first_seed);
  if (option == "--from") return number(value, a.first_seed);
  if (option == "--only") return a.only = value, !value.empty();
  if (option == "--plant") return a.plant = value, !value.empty();
  if (option == "--trace") {
    if (!number(value, n) || n > 1'000'000) return false;
    return a.trace = static_cast<std::size_t>(n), true;
  }
  if (option == "--faults") {
    const auto edits = run_edits::parse(value);
    if (edits) a.faults = *edits;
    return edits.has_value();
  }
  return false;
}

}  // namespace

std::string_view sim_arguments::usage() noexcept {
  return R"([--seeds N] [--only NAME] [--seed S] …

  --seeds N      so many seeds of each scenario (default 2000)
  --from S       beginning with this one
  --seed S       this seed alone
  --only NAME    this scenario alone
  --plant BUG    with this bug of the scenario planted
  --bugs         every planted bug of every scenario: each must be found
  --faults LIST  of the drawn faults only these, as a shrunk run prints them; sizes as name=n
  --shrink       makes a failing run smaller: takes away each fault it does not need
  --trace N      shows so many last steps of a failing run (default 50)
  --json         one line of JSON for each scenario, on standard output
  --list         names the scenarios and their planted bugs

Exit code: 0 no failure, 1 a seed failed (its replay command is printed) or a planted bug was not
found, 2 wrong usage.
)";
}

sim_arguments read_arguments(std::span<char* const> values) {
  sim_arguments a;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string_view option = values[i];
    if (read_flag(option, a)) continue;
    const bool good = i + 1 < values.size() && read_value(option, values[i + 1], a);
    if (good) {
      ++i;
    } else {
      a.problem = "cannot read '" + std::string{option} + "'; see --help";
      return a;
    }
  }
  if (!a.plant.empty() && a.only.empty()) a.problem = "--plant needs --only: whose bug?";
  return a;
}

}  // namespace ensue::testing
