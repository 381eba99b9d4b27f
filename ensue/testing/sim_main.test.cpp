#include <ensue/testing/sim_main.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace ensue::testing;

namespace {

const std::vector<scenario> both{{"fine", "never fails", [](simulation& w) { w.run(); }},
                                 {"seven",
                                  "fails at seed 7 when asked to",
                                  [](simulation& w) {
                                    w.run();
                                    w.require(!w.planted("seven") || w.world().setting().seed != 7,
                                              "not seven");
                                  },
                                  {{"seven", "fails at 7"}, {"none", "cannot be found"}}}};

int run(std::vector<std::string> words) {
  words.insert(words.begin(), "sim");
  std::vector<char*> values;
  for (std::string& word : words) values.push_back(word.data());
  return sim_main(static_cast<int>(values.size()), values.data(), both);
}

}  // namespace

TEST_CASE("the exit code says whether a seed failed") {
  CHECK(run({"--seeds", "20"}) == 0);
  CHECK(run({"--seeds", "20", "--only", "seven", "--plant", "seven"}) == 1);
  CHECK(run({"--seeds", "20", "--only", "seven", "--plant", "seven", "--shrink"}) == 1);
  CHECK(run({"--seed", "6", "--only", "seven", "--plant", "seven", "--json"}) == 0);
  CHECK(run({"--seed", "7", "--only", "seven", "--plant", "seven", "--json"}) == 1);
}

TEST_CASE("planted bugs must be found") {
  CHECK(run({"--seeds", "6", "--bugs"}) == 1);
  CHECK(run({"--seeds", "20", "--bugs", "--only", "fine"}) == 0);
}

TEST_CASE("wrong usage is refused") {
  CHECK(run({"--list"}) == 0);
  CHECK(run({"--help"}) == 0);
  CHECK(run({"--what"}) == 2);
  CHECK(run({"--only", "nobody"}) == 2);
  CHECK(run({"--only", "fine", "--plant", "seven"}) == 2);
}
