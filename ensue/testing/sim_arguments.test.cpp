#include <ensue/testing/sim_arguments.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

using namespace ensue::testing;

namespace {

sim_arguments read(std::initializer_list<const char*> words) {
  std::vector<std::string> kept{words.begin(), words.end()};
  std::vector<char*> values;
  for (std::string& word : kept) values.push_back(word.data());
  return read_arguments(values);
}

}  // namespace

TEST_CASE("the command line of a simulation program is read") {
  CHECK(read({}).seeds == 2000);
  const auto a = read({"--only", "s01", "--seed", "7", "--faults", "drop:a.b#3,orders=2",
                       "--shrink", "--json", "--trace", "9", "--plant", "racy"});
  CHECK(a.problem.empty());
  CHECK(a.only == "s01");
  CHECK((a.first_seed == 7 && a.seeds == 1));
  CHECK(a.faults->text() == "drop:a.b#3,orders=2");
  CHECK((a.shrink && a.json && !a.bugs && a.trace == 9));
  CHECK(a.plant == "racy");
  CHECK(read({"--seeds", "5", "--from", "100"}).first_seed == 100);
  CHECK((read({"--help"}).help && read({"--list"}).list && read({"--bugs"}).bugs));
}

TEST_CASE("a wrong command line is refused and says which word") {
  using words = std::initializer_list<const char*>;
  for (const words& w :
       {words{"--seeds"}, words{"--seeds", "0"}, words{"--seeds", "x"}, words{"--seeds", "1x"},
        words{"--what"}, words{"x"}, words{"--faults", ","}, words{"--trace", "99999999"},
        words{"--only", ""}, words{"--seed", "-1"}})
    CHECK(read(w).problem.find(*w.begin()) != std::string::npos);
  CHECK_FALSE(read({"--plant", "bug"}).problem.empty());
}
