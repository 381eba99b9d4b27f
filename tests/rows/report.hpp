#pragma once

#include <boost/describe/class.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace rows {

struct failure {
  std::string id;   ///< of the row, or its file and number
  std::string why;  ///< expected, got
};
BOOST_DESCRIBE_STRUCT(failure, (), (id, why))

/// What became of the rows of one set: rows = passed + failed + skipped.
struct set_report {
  std::string set;
  std::uint64_t rows = 0;
  std::uint64_t passed = 0;
  std::vector<failure> failed;
  std::map<std::string, std::vector<std::string>> skipped;  ///< reason → ids

  void pass() { ++rows, ++passed; }
  void fail(std::string id, std::string why) {
    ++rows;
    failed.push_back({std::move(id), std::move(why)});
  }
  void skip(std::string id, const std::string& reason) {
    ++rows;
    skipped[reason].push_back(std::move(id));
  }
  /// An empty text is a pass, anything else says what was wrong.
  void settle(std::string id, std::string wrong) {
    wrong.empty() ? pass() : fail(std::move(id), std::move(wrong));
  }
};
BOOST_DESCRIBE_STRUCT(set_report, (), (set, rows, passed, failed, skipped))

struct report {
  std::string data;
  std::vector<set_report> sets;
  std::map<std::string, std::string> absent;  ///< folder → why it was not run
};
BOOST_DESCRIBE_STRUCT(report, (), (data, sets, absent))

/// For people: one line a set, then each failure and each reason for a skip.
std::string text(const report& all);

}  // namespace rows
