#include <ensue/event/json_text.hpp>

#include <algorithm>
#include <exception>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <tests/rows/case_file.hpp>

namespace rows {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

using judge_fn = std::function<std::string(const row&)>;

void run_row(row r, set_report& report, const judge_fn& judge) {
  if (r.has("id") && r.fields["id"].is_string()) r.id = r.fields["id"].get_string().c_str();
  try {
    report.settle(r.id, judge(r));
  } catch (const cannot_judge& skip) {
    report.skip(r.id, skip.reason);
  } catch (const std::exception& error) {
    report.fail(r.id, error.what());
  }
}

void run_list(const std::string& name, const std::string& group, const json::array& list,
              set_report& report, const judge_fn& judge) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string id = name + '#' + std::to_string(i + 1);
    if (const auto* fields = list[i].if_object()) {
      run_row({id, group, *fields}, report, judge);
    } else if (list[i].is_string()) {
      report.skip(id, "prose, nothing to run");
    } else {
      report.fail(id, "a row must be an object");
    }
  }
}

void run_file(const fs::path& file, const std::string& name, set_report& report,
              const judge_fn& judge) {
  const auto document =
      ensue::parse_json(read_file(file), {.bytes = 64u << 20, .elements = 5'000'000});
  if (!document) return report.fail(name, document.error().text());
  if (const auto* list = document->if_array()) return run_list(name, "", *list, report, judge);
  const auto* groups = document->if_object();
  if (groups == nullptr) return report.fail(name, "a case file is a list or an object of lists");
  for (const auto& group : *groups) {
    const std::string key{group.key()};
    if (const auto* list = group.value().if_array()) {
      run_list(name + ':' + key, key, *list, report, judge);
    } else {
      report.skip(name + ':' + key, "no list of rows");
    }
  }
}

[[noreturn]] void bad_field(const char* name, const char* type) {
  throw std::runtime_error{"the row has no " + std::string{type} + " \"" + name + "\""};
}

}  // namespace

std::string read_file(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  if (!in) throw std::runtime_error{"cannot read " + path.string()};
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator{folder})
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::string row::string(const char* name) const {
  const auto* value = fields.if_contains(name);
  if (value == nullptr || !value->is_string()) bad_field(name, "string");
  return std::string{std::string_view{value->get_string()}};
}

bool row::boolean(const char* name) const {
  const auto* value = fields.if_contains(name);
  if (value == nullptr || !value->is_bool()) bad_field(name, "boolean");
  return value->get_bool();
}

std::vector<std::string> row::strings(const char* name) const {
  const auto* value = fields.if_contains(name);
  if (value == nullptr || !value->is_array()) bad_field(name, "list");
  std::vector<std::string> all;
  for (const auto& item : value->get_array()) {
    if (!item.is_string()) bad_field(name, "list of strings");
    all.emplace_back(std::string_view{item.get_string()});
  }
  return all;
}

void run_case_files(const fs::path& folder, set_report& report, const judge_fn& judge) {
  for (const fs::path& file : files_below(folder)) {
    const std::string name = fs::relative(file, folder).string();
    if (file.extension() == ".json") {
      run_file(file, name, report, judge);
    } else {
      report.skip(name, "not a case file");
    }
  }
}

std::string compare(const std::string& what, const std::string& expected, const std::string& got) {
  if (expected == got) return {};
  return what + ": expected " + expected + ", got " + got;
}

std::string compare(const std::string& what, bool expected, bool got) {
  return compare(what, std::string{expected ? "true" : "false"},
                 std::string{got ? "true" : "false"});
}

}  // namespace rows
