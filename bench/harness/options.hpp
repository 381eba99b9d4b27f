// Command line of every bench program; bench/run.py is the one who writes it.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace bench {

/// A peer in another language: a command that prints its figures, or what to install for it.
struct child {
  std::string name;
  std::string command;  ///< empty: not installed
  std::string missing;
};

struct options {
  int rounds = 15;
  bool tiny = false;         ///< for the test suite: seconds, figures mean nothing
  int quiet_wait_ms = 2000;  ///< how long a two-thread sample waits for a quiet machine
  std::vector<child> children;
  std::string tape;  ///< the recorded market that bench_tape plays

  /// How many events to run: a hundredth when tiny.
  std::int64_t scaled(double events) const {
    const auto n = std::int64_t(tiny ? events / 100 : events);
    return n < 64 ? 64 : n;
  }
};

inline std::pair<std::string, std::string> split_pair(std::string_view text) {
  const auto at = text.find('=');
  if (at == std::string_view::npos) return {std::string(text), {}};
  return {std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

inline options parse(int argc, char** argv, int rounds) {
  options o;
  o.rounds = rounds;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    const char* value = i + 1 < argc ? argv[i + 1] : "";
    if (arg == "--tiny") {
      o.tiny = true;
      o.rounds = 1;
      o.quiet_wait_ms = 0;
      continue;
    }
    if (arg == "--rounds") {
      o.rounds = std::atoi(value);
    } else if (arg == "--quiet-wait-ms") {
      o.quiet_wait_ms = std::atoi(value);
    } else if (arg == "--tape") {
      o.tape = value;
    } else if (arg == "--child") {
      auto [name, command] = split_pair(value);
      o.children.push_back({name, command, {}});
    } else if (arg == "--missing-child") {
      auto [name, package] = split_pair(value);
      o.children.push_back({name, {}, package});
    } else {
      std::fprintf(stderr, "%s: unknown option %s\n", argv[0], argv[i]);
      std::exit(2);
    }
    ++i;
  }
  if (o.rounds < 1) o.rounds = 1;
  // A process that has had a second thread: libstdc++ may skip atomics in one that never had.
  std::thread([] {}).join();
  return o;
}

}  // namespace bench
