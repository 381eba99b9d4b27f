#include <ensue/async/buggify.hpp>
#include <ensue/async/loop_runtime.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;

namespace {

struct second_time final : fault_source {
  bool fires(std::string_view place) override {
    asked.emplace_back(place);
    return asked.size() == 2;
  }
  std::vector<std::string> asked;
};

}  // namespace

TEST_CASE("a fault site is silent in production and asks its source elsewhere") {
  loop_runtime rt;
  CHECK_FALSE(buggify(rt, "store.write"));
  second_time source;
  rt.set_faults(&source);
  CHECK_FALSE(buggify(rt, "store.write"));
  CHECK(buggify(rt, "store.sync"));
  CHECK(source.asked == std::vector<std::string>{"store.write", "store.sync"});
  rt.set_faults(nullptr);
  CHECK_FALSE(buggify(rt, "store.sync"));
}
