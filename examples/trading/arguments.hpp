#pragma once

#include "trading_day.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace trading {

/// What the command line asks for.
struct arguments {
  std::vector<std::string> tapes;  ///< paths, "-" for standard input; empty: see `simulate`
  std::int64_t simulate = 0;       ///< events of a simulated market
  std::uint64_t seed = 1;
  double speed = 0;
  bool json = false;
  bool kill_drill = false;
  bool help = false;
  risk_limits limits;
  std::string error;  ///< not empty: what is wrong; usage exit code
};

arguments read_arguments(std::span<const char* const> words);
extern const char* const help_text;

}  // namespace trading
