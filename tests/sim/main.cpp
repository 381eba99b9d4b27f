// The simulation runner behind ./dev sim: runs each scenario from many seeds until one fails.
#include "scenarios.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>

namespace {

using namespace ensue;

constexpr const char* help = R"(ensue_sim_runner [--seeds N] [--seed S] [--only NAME] [--list]

  --seeds N    so many seeds of each scenario (default 2000)
  --seed S     this seed alone
  --only NAME  this scenario alone

Exit code: 0 no failure, 1 a seed failed (its replay command is printed), 2 wrong usage.
)";

struct wishes {
  std::uint64_t seeds = 2000, first = 1;
  std::string_view only;
};

bool number(const char* text, std::uint64_t& out) {
  const char* end = text + std::strlen(text);
  const auto [at, ec] = std::from_chars(text, end, out);
  return ec == std::errc{} && at == end;
}

/// 0: go on; else the exit code + 1.
int read_arguments(int count, char** values, wishes& w) {
  for (int i = 1; i < count; i += 2) {
    const std::string_view option = values[i];
    const char* value = i + 1 < count ? values[i + 1] : nullptr;
    if (option == "--help" || option == "-h") return std::fputs(help, stdout), 1;
    if (option == "--list") {
      for (const auto& s : scenarios::all())
        std::printf("%-8.*s %.*s\n", static_cast<int>(s.name.size()), s.name.data(),
                    static_cast<int>(s.says.size()), s.says.data());
      return 1;
    }
    bool good = value != nullptr;
    if (good && option == "--seeds") {
      good = number(value, w.seeds) && w.seeds > 0;
    } else if (good && option == "--seed") {
      good = number(value, w.first);
      w.seeds = 1;
    } else if (good && option == "--only") {
      w.only = value;
    } else {
      good = false;
    }
    if (!good) {
      std::fprintf(stderr, "ensue_sim_runner: cannot read '%s'; see --help\n", values[i]);
      return 3;
    }
  }
  return 0;
}

/// A scenario that cannot fail proves nothing: its planted bug must be found.
bool finds_planted(const scenarios::entry& s) {
  constexpr std::uint64_t enough = 2000;
  const sim::findings found = sim::explore({.seeds = enough}, s.planted);
  const int width = static_cast<int>(s.name.size());
  if (found.failing_seed) {
    std::printf("%-8.*s its planted bug falls at seed %llu\n", width, s.name.data(),
                static_cast<unsigned long long>(*found.failing_seed));
  } else {
    std::printf("%-8.*s its planted bug was NOT FOUND in %llu seeds\n", width, s.name.data(),
                static_cast<unsigned long long>(enough));
  }
  return found.failing_seed.has_value();
}

bool run(const scenarios::entry& s, const wishes& w) {
  const sim::findings found = sim::explore({.seeds = w.seeds, .first_seed = w.first}, s.run);
  std::printf(
      "%-8.*s %llu seeds, %llu distinct runs, %llu steps, %.1f virtual hours: %s\n",
      static_cast<int>(s.name.size()), s.name.data(), static_cast<unsigned long long>(found.seeds),
      static_cast<unsigned long long>(found.distinct), static_cast<unsigned long long>(found.steps),
      std::chrono::duration<double, std::ratio<3600>>(found.virtual_time).count(),
      found.failing_seed ? "FAILED" : "ok");
  if (!found.failing_seed) return true;
  std::printf("%s\nagain:  ./dev sim --only %.*s --seed %llu\n", found.report.c_str(),
              static_cast<int>(s.name.size()), s.name.data(),
              static_cast<unsigned long long>(*found.failing_seed));
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  wishes w;
  if (const int code = read_arguments(argc, argv, w)) return code - 1;
  bool good = true, any = false;
  for (const auto& s : scenarios::all()) {
    if (!w.only.empty() && s.name != w.only) continue;
    any = true;
    good = run(s, w) && good;
    if (s.planted && w.seeds > 1) good = finds_planted(s) && good;
  }
  if (!any) {
    std::fprintf(stderr, "ensue_sim_runner: no scenario of that name; see --list\n");
    return 2;
  }
  return good ? 0 : 1;
}
