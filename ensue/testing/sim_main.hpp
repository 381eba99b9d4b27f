#pragma once

#include <ensue/testing/scenario.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace ensue::testing {

/// The whole program around a list of scenarios: reads the command line (`--help`), searches seeds
/// with progress, reports a failing one with its replay command, shrinks it, finds planted bugs.
///
///     int main(int argc, char** argv) {
///       return ensue::testing::sim_main(argc, argv, {{"charges once", "…", charges_once}});
///     }
///
/// `command` is what a reader types to run it; empty: argv[0]. Progress goes to standard error and
/// only to a terminal; the rest to standard output. Returns the exit code.
int sim_main(int argc, char** argv, const std::vector<scenario>& all,
             std::string_view command = {});

}  // namespace ensue::testing
