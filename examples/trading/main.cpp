#include "arguments.hpp"
#include "exact_json.hpp"
#include "progress_line.hpp"
#include "report.hpp"
#include "shipped_tape.hpp"
#include "simulated_market.hpp"
#include "standard_streams.hpp"
#include "tape.hpp"
#include <ensue/app/app.hpp>
#include <ensue/app/digest.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

trading::sources open(const trading::arguments& asked) {
  trading::sources sources;
  if (asked.simulate > 0) {
    sources.push_back(std::make_unique<trading::simulated_market>(asked.simulate, asked.seed, 0));
    return sources;
  }
  auto tapes = asked.tapes;
  if (tapes.empty()) tapes.push_back(trading::shipped_tape());
  for (const auto& path : tapes) {
    const auto number = static_cast<std::uint32_t>(sources.size());
    sources.push_back(std::make_unique<trading::tape>(path, number));
  }
  return sources;
}

/// Guards nothing but the paper money of this process; the drill must show it to reset the switch.
constexpr std::string_view authority = "the drill's own authority";

ensue::app_options service_options() {
  ensue::app_options options;
  options.log.level = ensue::log_level::error;  // standard error is for complaints and progress
  options.kill_switch.authority_sha256 = ensue::sha256_hex(authority);
  return options;
}

int play(const trading::arguments& asked) {
  ensue::app app{"trading", service_options()};
  trading::progress_line progress{stderr};
  auto sources = open(asked);
  std::shared_ptr<trading::trading_day> day;
  const auto beat = [&] {
    const auto& market = day->market();
    progress.show(app.rt().now(), market.name(), market.progress(), market.rows());
  };
  day = trading::trading_day::in(app,
                                 {.plan = {},
                                  .limits = asked.limits,
                                  .speed = asked.speed,
                                  .kill_early = asked.kill_drill,
                                  .authority = std::string(authority),
                                  .beat = progress.visible() ? beat : std::function<void()>{}},
                                 sources);
  const int ended = app.run();
  progress.clear();

  std::cerr << trading::complaints(sources);
  if (asked.json) {
    std::cout << trading::exact_text(trading::report_json(*day, sources)) << "\n";
  } else {
    const bool colours = ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
    std::cout << trading::report_text(*day, sources, trading::paint{colours});
  }
  std::cout.flush();
  const bool good = ended == 0 && std::cout.good() && trading::succeeded(*day, sources);
  return good ? 0 : exit_failed;
}

}  // namespace

int main(int count, char** words) {
  trading::hold_standard_streams();
  const auto asked = trading::read_arguments({words + 1, words + (count > 0 ? count : 1)});
  if (!asked.error.empty()) {
    std::cerr << "trading: " << asked.error << "\ntrading --help shows how it is used\n";
    return exit_usage;
  }
  if (asked.help) {
    std::cout << trading::help_text;
    return 0;
  }
  try {
    return play(asked);
  } catch (const std::exception& error) {
    std::cerr << "trading: " << error.what() << "\n";
    return exit_failed;
  }
}
