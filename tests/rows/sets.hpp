#pragma once

#include <filesystem>
#include <span>
#include <tests/rows/report.hpp>

namespace rows {

using runner = void (*)(const std::filesystem::path& folder, set_report& report);

/// One folder of a data directory. A set arrives with the layer it tests.
struct set_entry {
  const char* name;
  runner run;           ///< nullptr: not run, and why
  const char* absence;  ///< why it is not run
};

/// All sets, in the order they run.
std::span<const set_entry> all_sets();

void run_uuid(const std::filesystem::path& folder, set_report& report);
void run_topic_matching(const std::filesystem::path& folder, set_report& report);
void run_semver(const std::filesystem::path& folder, set_report& report);
void run_cron(const std::filesystem::path& folder, set_report& report);
void run_json_parsing(const std::filesystem::path& folder, set_report& report);

}  // namespace rows
