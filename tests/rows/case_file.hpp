#pragma once

#include <boost/json/value.hpp>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <tests/rows/report.hpp>
#include <vector>

namespace rows {

/// The bytes of a file, as they are.
std::string read_file(const std::filesystem::path& path);

/// The regular files of a folder and below, in order of their paths.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);

/// One row of a case file.
struct row {
  std::string id;     ///< its own "id", else file#number, counted from 1
  std::string group;  ///< the member of the file it was listed under; empty: the file is a list
  boost::json::object fields;

  /// A field of that type; throws std::runtime_error naming it when missing or of another type.
  std::string string(const char* name) const;
  bool boolean(const char* name) const;
  std::vector<std::string> strings(const char* name) const;
  bool has(const char* name) const { return fields.contains(name); }
};

/// Thrown by a judge that cannot tell: the row is skipped, and the text is the reason.
struct cannot_judge {
  std::string reason;
};

/// Reads every *.json below the folder (a list of rows, or an object of lists of rows) and calls
/// `judge` for each row: it returns an empty text when the row holds, otherwise what was wrong;
/// what it throws is a failure of that row. Files and members of another form are failures, files
/// of another kind and rows of prose are skipped by name.
void run_case_files(const std::filesystem::path& folder, set_report& report,
                    const std::function<std::string(const row&)>& judge);

/// `expected` when it differs from `got`, as a text for `judge`.
std::string compare(const std::string& what, const std::string& expected, const std::string& got);
std::string compare(const std::string& what, bool expected, bool got);

}  // namespace rows
