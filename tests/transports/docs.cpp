#include <ensue/conformance/flags.hpp>
#include <ensue/conformance/suite.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

// docs/transports.md tells what the code says: the flags of each transport built here (a transport
// that joins adds itself to `built`), and which case shows which row of Watermill's behaviour.
namespace ensue {
namespace {

using row = std::vector<std::string>;

std::vector<transport_features> built() {
  sim::world w;
  return {memory_transport{w.rt()}.features()};
}

row cells(const std::string& line) {
  row out;
  std::istringstream in{line.substr(1)};
  for (std::string cell; std::getline(in, cell, '|');) {
    const auto first = cell.find_first_not_of(' ');
    out.push_back(first == std::string::npos
                      ? ""
                      : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
  }
  return out;
}

// The first table of a text whose head begins with `head`.
std::vector<row> table(const std::string& text, const std::string& head) {
  std::istringstream in{text};
  std::vector<row> rows;
  for (std::string line; std::getline(in, line);) {
    if (rows.empty() ? line.starts_with(head) : line.starts_with("|"))
      rows.push_back(cells(line));
    else if (!rows.empty())
      break;
  }
  return rows;
}

std::string page() {
  std::ifstream in{ENSUE_TRANSPORTS_MD};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::map<std::string, row> columns(const std::vector<row>& rows) {
  std::map<std::string, row> all;
  for (std::size_t c = 1; c < rows.at(0).size(); ++c)
    for (const row& r : rows) all[rows[0][c]].push_back(r.at(0) + ": " + r.at(c));
  return all;
}

TEST_CASE("docs: the matrix is that of the code") {
  const std::string expected = conformance::matrix(built());
  const auto documented = columns(table(page(), "| | memory |"));
  for (const auto& [name, column] : columns(table(expected, "| | "))) {
    REQUIRE_MESSAGE(documented.contains(name), "no column in docs/transports.md: " << expected);
    CHECK_MESSAGE(documented.at(name) == column, "docs/transports.md should say\n" << expected);
  }
}

TEST_CASE("docs: the meaning of the flags is that of the code") {
  CHECK_MESSAGE(page().find(conformance::flag_table()) != std::string::npos,
                "docs/transports.md should say\n"
                    << conformance::flag_table());
}

// All tests of the layers, in one text.
std::string all_tests() {
  std::string all;
  for (const auto& file : std::filesystem::recursive_directory_iterator{ENSUE_LAYERS}) {
    if (!file.path().string().ends_with(".test.cpp")) continue;
    std::ifstream in{file.path()};
    std::ostringstream text;
    text << in.rdbuf();
    all += text.str();
  }
  return all;
}

TEST_CASE("docs: the tests that it names are there") {
  const std::string tests = all_tests();
  for (const row& r : table(page(), "| row |")) {
    CAPTURE(r.at(0));
    if (r.at(1) == "test") CHECK(tests.find(r.at(2)) != std::string::npos);
  }
}

TEST_CASE("docs: each of the 58 rows is accounted for, the suite's by its cases") {
  auto rows = table(page(), "| row |");
  REQUIRE(rows.size() == 60);
  std::map<std::string, std::set<std::string>> by_row;
  for (const auto& c : conformance::cases()) {
    std::istringstream names{std::string{c.rows}};
    for (std::string name; names >> name;) by_row[name].insert(std::string{c.name});
  }
  std::set<std::string> seen;
  for (std::size_t i = 2; i < rows.size(); ++i) {
    const std::string& name = rows[i].at(0);
    CAPTURE(name);
    CHECK(seen.insert(name).second);
    CHECK_FALSE(rows[i].at(2).empty());
    const bool suite = rows[i].at(1) == "suite";
    CHECK(suite == by_row.contains(name));
    if (!suite) continue;
    std::string cases;
    for (const std::string& c : by_row[name]) cases += (cases.empty() ? "`" : ", `") + c + "`";
    CHECK(rows[i].at(2) == cases);
    by_row.erase(name);
  }
  for (const auto& [name, cases] : by_row) CHECK_MESSAGE(by_row.empty(), "no row " << name);
}

}  // namespace
}  // namespace ensue
