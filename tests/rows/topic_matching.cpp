#include <ensue/event/topic_index.hpp>

#include <tests/rows/case_file.hpp>
#include <tests/rows/sets.hpp>
#include <vector>

namespace rows {
namespace {

using ensue::topic_style;

/// Both ways to ask, the function and the index, must say the same.
std::string check_matches(const std::string& pattern, const std::string& topic, bool expected,
                          topic_style style) {
  const bool direct = ensue::topic_matches(pattern, topic, style);
  if (direct != expected) return compare(pattern + " matches " + topic, expected, direct);
  ensue::topic_index index{style};
  std::vector<ensue::topic_index::value> found;
  const bool added = index.add(pattern, 1).has_value();
  index.match(topic, found);
  if (!expected) return compare("index finds " + pattern, false, !found.empty());
  return compare("index finds " + pattern, true, added && found.size() == 1);
}

std::string judge_mqtt(const row& r) {
  const auto style = topic_style::mqtt;
  if (r.has("matches"))
    return check_matches(r.string("filter"), r.string("topic"), r.boolean("matches"), style);
  const bool of_filter = r.has("filter");
  const std::string text = r.string(of_filter ? "filter" : "topic");
  const bool valid =
      of_filter ? ensue::valid_pattern(text, style) : ensue::valid_topic(text, style);
  return compare(text + " is valid", r.boolean("valid"), valid);
}

std::string judge_nats(const row& r) {
  const std::string kind = r.string("kind");
  const bool expected = r.boolean("result");
  if (kind == "valid-pattern")
    return compare("is a pattern", expected, ensue::valid_pattern(r.string("subject")));
  if (kind == "valid-literal")
    return compare("is a topic", expected, ensue::valid_topic(r.string("subject")));
  if (kind == "matches")
    return check_matches(r.string("pattern"), r.string("subject"), expected, topic_style::nats);
  if (kind == "pattern-is-subset-of")
    return compare("is a subset", expected,
                   ensue::pattern_within(r.string("subject"), r.string("pattern")));
  if (kind == "patterns-can-both-match-something")
    return compare("overlap", expected, ensue::patterns_overlap(r.string("a"), r.string("b")));
  return "unknown kind of row: " + kind;
}

}  // namespace

void run_topic_matching(const std::filesystem::path& folder, set_report& report) {
  run_case_files(folder, report,
                 [](const row& r) { return r.has("kind") ? judge_nats(r) : judge_mqtt(r); });
}

}  // namespace rows
