#include <ensue/app/config_toml.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace ensue;

TEST_CASE("what is no value here is named with its line") {
  std::string folder = (std::filesystem::temp_directory_path() / "ensue-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const std::string file = folder + "/a.toml";
  std::ofstream{file} << "a = 1\nday = 1979-05-27\nlist = [1, 2]\n[b]\nc = \"x\"\n";
  const toml_document d = read_toml(file);
  std::filesystem::remove_all(folder);
  CHECK(d.problems == std::vector<std::string>{file + ":2: day: a date or time is no value here",
                                               file + ":3: list: a list may hold texts only"});
  REQUIRE(d.leaves.size() == 2);
  CHECK(d.leaves[1].key == "b.c");
  CHECK(d.leaves[1].line == 5);
}
