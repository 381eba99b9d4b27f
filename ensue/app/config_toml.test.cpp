#include <ensue/app/config_toml.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <tests/temporary_folder.hpp>

using namespace ensue;

TEST_CASE("what is no value here is named with its line") {
  const temporary_folder folder;
  const std::string file = folder.file("a.toml");
  std::ofstream{file} << "a = 1\nday = 1979-05-27\nlist = [1, 2]\n[b]\nc = \"x\"\n";
  const toml_document d = read_toml(file);
  CHECK(d.problems == std::vector<std::string>{file + ":2: day: a date or time is no value here",
                                               file + ":3: list: a list may hold texts only"});
  REQUIRE(d.leaves.size() == 2);
  CHECK(d.leaves[1].key == "b.c");
  CHECK(d.leaves[1].line == 5);
}
