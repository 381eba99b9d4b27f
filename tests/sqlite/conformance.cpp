#include <ensue/conformance/suite.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tests/temporary_folder.hpp>
#include <utility>
#include <vector>

namespace ensue::sqlite {
namespace {

// The files of a run, one for each space.
class files {
 public:
  explicit files(runtime& rt) : rt_{rt} {}

  conformance::subject subject() {
    conformance::subject s{.rt = rt_,
                           .make = [this](const std::string& space) { return make(space, {}); }};
    s.list_dead = [this](const std::string& space, const std::string& group) {
      return dead(space, group);
    };
    s.misconfigurations.push_back(
        {.name = "synchronous is normal",
         .make = [this] { return make("normal", {.synchronous = synchronous::normal}); },
         .says = "set it to full"});
    s.misconfigurations.push_back({.name = "one disk",
                                   .make = [this] { return make("one", {}); },
                                   .asked = survival::process,
                                   .replicated = true,
                                   .says = "replicated"});
    return s;
  }

 private:
  std::unique_ptr<ensue::transport> make(const std::string& space, options o) {
    o.file = folder_.file(space + ".db");
    return std::make_unique<transport>(rt_, std::move(o));
  }
  task<std::vector<conformance::dead_letter>> dead(std::string space, std::string group) {
    const auto c = connection::open({.file = folder_.file(space + ".db")}).value();
    std::vector<conformance::dead_letter> all;
    for (const dead_row& row : read_dead(*c, group, 1000))
      all.push_back({read_one(*c, row.position)->event.id, row.reason});
    co_return all;
  }

  runtime& rt_;
  temporary_folder folder_;
};

TEST_CASE("sqlite: the conformance suite passes") {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    sim::world w{seed};
    files f{w.rt()};
    conformance::subject s = f.subject();
    const conformance::report r = w.block_on(conformance::run(s));
    CHECK_MESSAGE(r.passed(), r.text());
    if (seed == 1) MESSAGE(r.text());
    w.end();
  }
}

}  // namespace
}  // namespace ensue::sqlite
