#include <ensue/event/json_text.hpp>

#include <boost/json/value.hpp>

#include <tests/rows/case_file.hpp>
#include <tests/rows/json_tokens.hpp>
#include <tests/rows/sets.hpp>

namespace rows {
namespace {

namespace json = boost::json;

/// What was accepted must be sayable again, and mean the same then.
std::string check_again(const json::value& value) {
  const auto text = ensue::json_text(value);
  if (!text) return "read but not written: " + text.error().text();
  const auto back = ensue::parse_json(*text);
  if (!back) return "not read again: " + back.error().text();
  const auto third = ensue::json_text(*back);
  return third && *third == *text ? "" : "another text the second time: " + *text;
}

/// y_ must be accepted, n_ refused, i_ either way but without a crash.
std::string judge_parsing(char kind, const std::string& text) {
  const auto value = ensue::parse_json(text);
  if (kind == 'n') return value ? "expected to be refused, was accepted" : "";
  if (!value) return kind == 'i' ? "" : "expected to be accepted: " + value.error().text();
  return check_again(*value);
}

/// The rule of ours (parse_json) for texts that readers disagree about: bytes that are not UTF-8,
/// lone surrogates and numbers beyond double are refused; integers of 64 bits keep their digits;
/// of a repeated key the last counts.
std::string judge_transform(const std::string& text) {
  const auto value = ensue::parse_json(text);
  if (!ensue::valid_utf8(text) || has_lone_surrogate(text))
    return value ? "expected to be refused as no Unicode text, was accepted" : "";
  const auto tokens = tokens_of(text);
  if (has_huge_number(tokens))
    return value ? "expected to be refused as out of range, was accepted" : "";
  if (!value) return "expected to be accepted: " + value.error().text();
  const std::string out = ensue::json_text(*value).value();
  const auto kept = tokens_of(out);
  for (const auto& integer : last_integers(tokens))
    if (!contains(kept, integer)) return "the integer " + integer + " became " + out;
  for (const auto& [key, scalar] : last_members(tokens)) {
    const auto* held = value->is_object() ? value->get_object().if_contains(key) : nullptr;
    const auto expected = ensue::parse_json(scalar);
    if (held == nullptr || !expected || *held != *expected)
      return "of the repeated key \"" + key + "\" the last value " + scalar + " does not count";
  }
  return check_again(*value);
}

void run_one(const std::filesystem::path& file, const std::string& name, set_report& report) {
  const std::string base = file.filename().string();
  if (file.extension() != ".json") return report.skip(name, "not a case file");
  if (file.parent_path().filename() == "transform")
    return report.settle(name, judge_transform(read_file(file)));
  if (base.size() > 2 && base[1] == '_' &&
      std::string_view{"yni"}.find(base[0]) != std::string::npos)
    return report.settle(name, judge_parsing(base[0], read_file(file)));
  report.fail(name, "unknown kind of case: the name must begin with y_, n_ or i_");
}

}  // namespace

void run_json_parsing(const std::filesystem::path& folder, set_report& report) {
  for (const auto& file : files_below(folder))
    run_one(file, std::filesystem::relative(file, folder).string(), report);
}

}  // namespace rows
