#include <ensue/conformance/report.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace ensue::conformance {
namespace {

// Whatever a fault quotes, the report stays JSON: what is no printable ASCII is escaped bytewise.
std::string quoted(std::string_view text) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte > 0x7e) {
      out += "\\u00";
      out += digits[byte >> 4U];
      out += digits[byte & 15U];
    } else {
      out += c;
    }
  }
  return out + '"';
}

void add_member(std::string& to, std::string_view name, const std::string& value) {
  if (to.back() != '{') to += ',';
  to += quoted(name) + ':' + value;
}

std::string case_json(const case_result& c) {
  std::string faults = "[";
  for (const std::string& fault : c.faults)
    faults += (faults.size() > 1 ? "," : "") + quoted(fault);
  std::string out = "{";
  add_member(out, "name", quoted(c.name));
  add_member(out, "outcome", quoted(name_of(c.is)));
  add_member(out, "faults", faults + "]");
  add_member(out, "excuse", quoted(c.excuse));
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(c.took).count();
  add_member(out, "ms", std::to_string(ms));
  return out + "}";
}

}  // namespace

std::string_view name_of(outcome o) noexcept {
  switch (o) {
    case outcome::passed: return "passed";
    case outcome::failed: return "failed";
    case outcome::skipped: return "skipped";
  }
  return "unknown";
}

std::size_t report::count(outcome o) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(cases.begin(), cases.end(), [o](const case_result& c) { return c.is == o; }));
}

std::string report::text() const {
  std::string out;
  for (const case_result& c : cases) {
    std::string outcome{name_of(c.is)};
    outcome.resize(8, ' ');
    out += outcome + c.name + (c.excuse.empty() ? "" : ": " + c.excuse) + "\n";
    for (const std::string& fault : c.faults) out += "          " + fault + "\n";
  }
  return out + transport + ": " + std::to_string(count(outcome::passed)) + " passed, " +
         std::to_string(count(outcome::failed)) + " failed, " +
         std::to_string(count(outcome::skipped)) + " skipped\n";
}

std::string report::json() const {
  std::string all = "[";
  for (const case_result& c : cases) all += (all.size() > 1 ? "," : "") + case_json(c);
  std::string out = "{";
  add_member(out, "transport", quoted(transport));
  for (const outcome o : {outcome::passed, outcome::failed, outcome::skipped})
    add_member(out, name_of(o), std::to_string(count(o)));
  add_member(out, "cases", all + "]");
  return out + "}";
}

}  // namespace ensue::conformance
