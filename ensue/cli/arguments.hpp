#pragma once

#include <ensue/base/result.hpp>
#include <ensue/reliability/dead_letter.hpp>

#include <span>
#include <string>
#include <string_view>

namespace ensue::cli {

enum class verb : std::uint8_t { help, list, show, redrive, purge };

/// The words behind `ensue dead-letters`, understood.
struct arguments {
  cli::verb verb = verb::help;
  std::string file;
  dead_letter_filter which;
  bool filtered = false;  ///< an id or another filter was given
  bool all = false;
  bool force = false;
  bool salvage = false;
  bool json = false;
};

using arguments_result = boost::system::result<arguments, std::string>;

/// The error is a sentence about the word that is wrong or missing.
arguments_result parse_arguments(std::span<const std::string_view> words);

}  // namespace ensue::cli
