#pragma once

#include <ensue/base/disk.hpp>

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

/// The program `ensue`: tools for what a service leaves on the disk.
namespace ensue::cli {

/// What a command works with.
struct surroundings {
  disk& files;
  std::ostream& out;
  std::ostream& errors;
  bool colour = false;  ///< `out` is a terminal
};

enum exit_code : int {
  done = 0,
  failed = 1,   ///< the file cannot be read or written, is in use, or has no such letter
  misused = 2,  ///< unknown word, missing option; nothing was done
};

/// `ensue WORD…`, without the program's name. Returns the exit code. Blocking.
int run(std::span<const std::string_view> words, const surroundings& with);

/// `ensue dead-letters WORD…`; see `help`.
int dead_letters_command(std::span<const std::string_view> words, const surroundings& with);

}  // namespace ensue::cli
