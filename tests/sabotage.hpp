#pragma once

#include <ensue/conformance/suite.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <span>
#include <string_view>
#include <tests/broken_transport.hpp>
#include <tests/memory_subject.hpp>

/// Every case of the conformance suite passes with a good transport and fails with a bad one.
namespace ensue::cases {

struct sabotage {
  std::string_view name;  ///< of the case
  fault how;
};

inline conformance::case_result play(const conformance::test_case& c, fault how) {
  sim::world w;
  const auto away = std::make_shared<outage>();
  memory_server server{w, [&](std::unique_ptr<transport> t) -> std::unique_ptr<transport> {
                         return std::make_unique<broken_transport>(w.rt(), how, std::move(t), away);
                       }};
  conformance::subject s = server.subject();
  // Asks for nothing, and so is not refused.
  s.misconfigurations.push_back({.name = "nothing is wrong",
                                 .make = [&] { return s.make("misconfigured"); },
                                 .asked = survival::none});
  s.restart_server = s.kill_server = [&] { return restart(w.rt(), away); };
  return w.block_on(conformance::run_case(s, c));
}

inline void check_sabotage(std::span<const conformance::test_case> cases,
                           std::span<const sabotage> table) {
  for (const conformance::test_case& c : cases) {
    CAPTURE(c.name);
    const auto row = std::find_if(table.begin(), table.end(),
                                  [&](const sabotage& s) { return s.name == c.name; });
    REQUIRE_MESSAGE(row != table.end(), "no transport is known that fails this case");
    const auto broken = play(c, row->how);
    CHECK_MESSAGE(
        broken.is == conformance::outcome::failed,
        (broken.faults.empty() ? "it passes with the broken transport" : broken.faults[0]));
    const bool negative = c.needs.find('!') != std::string_view::npos || c.needs == "skips_own";
    if (negative || c.needs == "misconfigurations") continue;  // the radio shows that they pass
    const auto whole = play(c, fault::none);
    CHECK_MESSAGE(whole.is == conformance::outcome::passed,
                  (whole.faults.empty() ? "" : whole.faults[0]));
  }
  CHECK(table.size() == cases.size());
}

}  // namespace ensue::cases
