#pragma once

#include <ensue/base/result.hpp>
#include <ensue/testing/run_edits.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ensue::testing {

/// What the command line of a simulation program asks for.
struct sim_arguments {
  std::uint64_t seeds = 2000;
  std::uint64_t first_seed = 1;
  std::string only{};
  std::string plant{};
  std::optional<run_edits> faults{};
  std::size_t trace = 50;
  bool bugs = false, shrink = false, json = false, list = false, help = false;
  std::string problem{};  ///< not empty: wrong usage

  static std::string_view usage() noexcept;
};

/// `values` without the program's name.
sim_arguments read_arguments(std::span<char* const> values);

}  // namespace ensue::testing
