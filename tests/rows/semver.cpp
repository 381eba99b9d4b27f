#include <ensue/event/version.hpp>

#include <tests/rows/case_file.hpp>
#include <tests/rows/sets.hpp>

namespace rows {
namespace {

using ensue::semantic_version;

std::string check_valid(const std::string& text, bool expected) {
  const auto version = semantic_version::parse(text);
  if (version.has_value() != expected) return compare(text + " is valid", expected, !expected);
  return expected ? compare("written back", text, version->text()) : std::string{};
}

std::string check_less(const std::string& a, const std::string& b) {
  const auto x = semantic_version::parse(a), y = semantic_version::parse(b);
  if (!x || !y) return (x ? b : a) + " was refused";
  if (*x < *y && *y > *x && *x != *y) return {};
  return "expected " + a + " < " + b;
}

std::string judge(const row& r) {
  const std::string kind = r.string("kind");
  if (kind == "valid" || kind == "invalid")
    return check_valid(r.string("version"), kind == "valid");
  if (kind == "greater") return check_less(r.string("b"), r.string("a"));
  if (kind == "less") return check_less(r.string("a"), r.string("b"));
  if (kind == "equal") {
    const auto a = semantic_version::parse(r.string("a")),
               b = semantic_version::parse(r.string("b"));
    return a && b && *a == *b ? "" : "expected " + r.string("a") + " == " + r.string("b");
  }
  if (kind != "order") return "unknown kind of row: " + kind;
  const auto chain = r.strings("chain");
  for (std::size_t i = 0; i < chain.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (auto wrong = check_less(chain[j], chain[i]); !wrong.empty()) return wrong;
  return {};
}

}  // namespace

void run_semver(const std::filesystem::path& folder, set_report& report) {
  run_case_files(folder, report, judge);
}

}  // namespace rows
