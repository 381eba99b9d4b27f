#include <ensue/event/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <string_view>
#include <tests/rows/report.hpp>
#include <tests/rows/sets.hpp>

// ensue_rows [--data DIR] [--set NAME] [--json]: see usage below and docs of ./dev rows.

namespace fs = std::filesystem;

namespace {

constexpr const char* usage =
    "usage: ensue_rows [--data DIR] [--set NAME] [--json]\n"
    "  --data DIR  a folder of sets; default: $ENSUE_DATA, else the sample in the repository\n"
    "  --set NAME  only this set\n"
    "  --json      the report as JSON\n"
    "exit code: 0 all rows passed or were skipped, 1 a row failed, 2 bad usage or no set found\n";

struct options {
  fs::path data;
  std::string only;
  bool as_json = false;
};

int complain(const std::string& what) {
  std::fprintf(stderr, "ensue_rows: %s\n%s", what.c_str(), usage);
  return 2;
}

fs::path default_data() {
  const char* given = std::getenv("ENSUE_DATA");
  return given != nullptr && *given != '\0' ? given : ENSUE_ROWS_SAMPLE;
}

/// The complaint, or an empty text.
std::string read_options(int argc, char** argv, options& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--json") {
      out.as_json = true;
    } else if ((arg == "--data" || arg == "--set") && i + 1 < argc) {
      arg == "--data" ? void(out.data = argv[++i]) : void(out.only = argv[++i]);
    } else {
      return "bad argument \"" + std::string{arg} + '"';
    }
  }
  if (out.data.empty()) out.data = default_data();
  if (!fs::is_directory(out.data)) return "no such folder: " + out.data.string();
  return {};
}

bool holds_a_set(const fs::path& folder) {
  return std::ranges::any_of(rows::all_sets(),
                             [&](const auto& set) { return fs::is_directory(folder / set.name); });
}

rows::set_report run_set(const rows::set_entry& set, const fs::path& folder) {
  rows::set_report report;
  report.set = set.name;
  try {
    set.run(folder, report);
  } catch (const std::exception& error) {
    report.fail("(set)", error.what());
  }
  if (report.rows == 0) report.fail("(set)", "the folder has no rows");
  return report;
}

rows::report run_all(const options& opts) {
  rows::report all;
  all.data = opts.data.string();
  for (const rows::set_entry& set : rows::all_sets()) {
    if (!opts.only.empty() && opts.only != set.name) continue;
    if (!fs::is_directory(opts.data / set.name)) {
      if (set.run != nullptr) all.absent[set.name] = "not in this data";
    } else if (set.run == nullptr) {
      all.absent[set.name] = set.absence;
    } else {
      all.sets.push_back(run_set(set, opts.data / set.name));
    }
  }
  if (!opts.only.empty()) return all;
  for (const auto& entry : fs::directory_iterator{opts.data}) {
    const std::string name = entry.path().filename().string();
    const bool known =
        std::ranges::any_of(rows::all_sets(), [&](const auto& set) { return name == set.name; });
    if (entry.is_directory() && !known) all.absent[name] = "a set that is not known here";
  }
  return all;
}

int run(int argc, char** argv) {
  options opts;
  if (const auto wrong = read_options(argc, argv, opts); !wrong.empty()) return complain(wrong);
  const bool known =
      opts.only.empty() ||
      std::ranges::any_of(rows::all_sets(), [&](const auto& set) { return opts.only == set.name; });
  if (!known) return complain("no such set: " + opts.only);
  if (!opts.only.empty() && !fs::is_directory(opts.data / opts.only))
    return complain("no such set in " + opts.data.string() + ": " + opts.only);
  if (!holds_a_set(opts.data))
    return complain("no set in " + opts.data.string() + ": it has no folder that is named as one");
  const rows::report all = run_all(opts);
  const auto out =
      opts.as_json ? ensue::encode_json(all, {.bytes = 64u << 20}).value() + "\n" : rows::text(all);
  std::fputs(out.c_str(), stdout);
  const bool failed =
      std::ranges::any_of(all.sets, [](const auto& set) { return !set.failed.empty(); });
  return failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
