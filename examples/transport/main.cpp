// The suite that every transport must pass, run with one of one's own. Time is virtual: the suite
// waits for many leases, and takes no time.
#include "shelf.hpp"
#include <ensue/conformance/suite.hpp>
#include <ensue/sim/world.hpp>

#include <cstdio>
#include <map>
#include <memory>
#include <string>

// [suite]
int main(int argc, char** argv) {
  ensue::sim::world world;
  std::map<std::string, std::shared_ptr<shelves::shelf>> servers;
  ensue::conformance::subject subject{
      .rt = world.rt(), .make = [&](const std::string& space) -> std::unique_ptr<ensue::transport> {
        auto& s = servers[space];
        if (!s) s.reset(new shelves::shelf{.rt = world.rt()});
        return std::make_unique<shelves::shelf_transport>(s);
      }};
  const auto report = world.block_on(ensue::conformance::run(subject, argc > 1 ? argv[1] : ""));
  std::fputs(report.text().c_str(), stdout);
  return report.passed() ? 0 : 1;
}
// [/suite]
