#pragma once

#include "trading_day.hpp"
#include <ensue/app/digest.hpp>
#include <ensue/sim/world.hpp>

#include <memory>
#include <string>
#include <utility>

/// For the tests: a day in a simulated service, played to its end.
struct simulated_day {
  static ensue::app_options service_options() {
    ensue::app_options options;
    options.environment.emplace();
    options.kill_switch.authority_sha256 = ensue::sha256_hex("key");
    return options;
  }
  static trading::trading_day::options with_key(trading::trading_day::options o) {
    o.authority = "key";
    return o;
  }

  simulated_day(trading::sources played, trading::trading_day::options o)
      : tapes{std::move(played)},
        day{trading::trading_day::in(app, with_key(std::move(o)), tapes)} {}
  /// Serves until the day is over; the exit code.
  int serve() { return static_cast<int>(world.block_on(app.serve())); }

  ensue::sim::world world;
  trading::sources tapes;
  ensue::app app{world.rt(), "trading", service_options()};
  std::shared_ptr<trading::trading_day> day;
};
