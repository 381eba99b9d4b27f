#include <ensue/app/config.hpp>
#include <ensue/app/config_toml.hpp>
#include <ensue/app/spelling.hpp>

#include <charconv>
#include <cmath>
#include <utility>

extern char** environ;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): POSIX

namespace ensue {
namespace {

std::string variable_name(std::string_view key) {
  std::string name = "ENSUE_";
  for (const char c : key) {
    const bool lower = c >= 'a' && c <= 'z';
    const bool kept = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += lower ? static_cast<char>(c - 'a' + 'A') : kept ? c : '_';
  }
  return name;
}

template <class T>
bool whole(std::string_view text, T& out) noexcept {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  return failed == std::errc{} && end == text.data() + text.size() && !text.empty();
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

struct shown {
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(std::int64_t n) const { return std::to_string(n); }
  std::string operator()(double d) const { return std::to_string(d); }
  std::string operator()(const std::string& s) const { return '"' + s + '"'; }
  std::string operator()(const std::vector<std::string>&) const { return "a list"; }
};

}  // namespace

bool parse_duration(std::string_view text, duration& out) noexcept {
  using namespace std::chrono_literals;
  static constexpr std::pair<std::string_view, duration> units[] = {
      {"ns", 1ns}, {"us", 1us}, {"ms", 1ms}, {"s", 1s}, {"min", 1min}, {"h", 1h}};
  const std::size_t end = text.find_first_not_of("0123456789.");
  if (end == std::string_view::npos || end == 0) return false;
  double amount = 0;
  if (!whole(text.substr(0, end), amount)) return false;
  for (const auto& [name, unit] : units) {
    if (text.substr(end) != name) continue;
    const double ns = amount * static_cast<double>(unit.count());
    if (ns > 9e18) return false;
    out = duration{std::llround(ns)};
    return true;
  }
  return false;
}

config::environment config::process_environment() {
  environment all;
  for (char** at = environ; at && *at; ++at) {
    const std::string_view line{*at};
    const std::size_t equal = line.find('=');
    if (line.starts_with("ENSUE_") && equal != std::string_view::npos)
      all.emplace(line.substr(0, equal), line.substr(equal + 1));
  }
  return all;
}

config::config(const std::string& file, environment variables) {
  for (auto& [name, content] : variables) {
    if (!name.starts_with("ENSUE_") || name == "ENSUE_CONFIG") continue;
    variables_.emplace(name, value{std::move(content), name, true, false});
  }
  if (file.empty()) return;
  toml_document document = read_toml(file);
  problems_ = std::move(document.problems);
  for (toml_leaf& leaf : document.leaves)
    file_.emplace(leaf.key, value{std::move(leaf.content),
                                  file + ":" + std::to_string(leaf.line) + ": " + leaf.key});
}

config::value* config::look_up(std::string_view key) {
  known_.emplace(key);
  const auto from_file = file_.find(key);
  if (from_file != file_.end()) from_file->second.used = true;
  const auto variable = variables_.find(variable_name(key));
  if (variable != variables_.end()) {
    variable->second.used = true;
    return &variable->second;
  }
  return from_file != file_.end() ? &from_file->second : nullptr;
}

bool config::has(std::string_view key) const {
  return file_.contains(key) || variables_.contains(variable_name(key));
}

std::vector<std::string> config::keys(std::string_view prefix) const {
  std::vector<std::string> all;
  for (const auto& [key, v] : file_)
    if (std::string_view{key}.starts_with(prefix)) all.push_back(key);
  return all;
}

void config::accept(std::string_view key) { (void)look_up(key); }

void config::complain(std::string_view key, std::string_view text) {
  const value* v = look_up(key);
  problems_.push_back((v ? v->where : std::string{key}) + ": " + std::string{text});
}

void config::wrong(const value& v, std::string_view expected) {
  problems_.push_back(v.where + ": expected " + std::string{expected} + ", got " +
                      std::visit(shown{}, v.content));
}

bool config::boolean(std::string_view key, bool fallback) {
  const value* v = look_up(key);
  if (!v) return fallback;
  if (const bool* b = std::get_if<bool>(&v->content)) return *b;
  if (v->from_text) {
    const std::string& text = std::get<std::string>(v->content);
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
  }
  wrong(*v, "true or false");
  return fallback;
}

bool config::integer(std::string_view key, std::int64_t& out, std::int64_t low, std::int64_t high) {
  const value* v = look_up(key);
  if (!v) return false;
  const auto* number = std::get_if<std::int64_t>(&v->content);
  if (number) out = *number;
  const bool is = number || (v->from_text && whole(std::get<std::string>(v->content), out));
  if (is && out >= low && out <= high) return true;
  wrong(*v, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
  return false;
}

double config::number(std::string_view key, double fallback) {
  const value* v = look_up(key);
  if (!v) return fallback;
  if (const double* d = std::get_if<double>(&v->content)) return *d;
  if (const auto* n = std::get_if<std::int64_t>(&v->content)) return static_cast<double>(*n);
  double out = 0;
  if (v->from_text && whole(std::get<std::string>(v->content), out)) return out;
  wrong(*v, "a number");
  return fallback;
}

std::string config::text(std::string_view key, std::string fallback) {
  const value* v = look_up(key);
  if (!v) return fallback;
  if (const auto* s = std::get_if<std::string>(&v->content)) return *s;
  wrong(*v, "text in quotes");
  return fallback;
}

duration config::span(std::string_view key, duration fallback) {
  const value* v = look_up(key);
  if (!v) return fallback;
  duration out{};
  const auto* s = std::get_if<std::string>(&v->content);
  if (s && parse_duration(*s, out)) return out;
  wrong(*v, "a duration like \"200ms\" (units ns us ms s min h)");
  return fallback;
}

std::vector<std::string> config::list(std::string_view key, std::vector<std::string> fallback) {
  const value* v = look_up(key);
  if (!v) return fallback;
  if (const auto* all = std::get_if<std::vector<std::string>>(&v->content)) return *all;
  if (v->from_text) return split(std::get<std::string>(v->content));
  wrong(*v, "a list of texts");
  return fallback;
}

std::size_t config::one_of(std::string_view key, std::size_t fallback,
                           const std::vector<std::string>& words) {
  const value* v = look_up(key);
  if (!v) return fallback;
  const auto* s = std::get_if<std::string>(&v->content);
  for (std::size_t i = 0; s && i < words.size(); ++i)
    if (*s == words[i]) return i;
  std::string expected = "one of";
  for (const std::string& w : words) expected += ' ' + w;
  wrong(*v, expected);
  return fallback;
}

std::vector<std::string> config::problems(bool finally) const {
  std::vector<std::string> all = problems_;
  if (!finally) return all;
  const std::vector<std::string> known{known_.begin(), known_.end()};
  std::vector<std::string> names;
  for (const std::string& key : known) names.push_back(variable_name(key));
  for (const auto& [key, v] : file_)
    if (!v.used) all.push_back(v.where + ": unknown key" + suggestion(key, known));
  // Other programs have variables of that prefix too: only what looks misspelt is wrong.
  for (const auto& [name, v] : variables_) {
    const std::string meant = v.used ? "" : suggestion(name, names);
    if (!meant.empty()) all.push_back(name + ": unknown variable" + meant);
  }
  return all;
}

}  // namespace ensue
