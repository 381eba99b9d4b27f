#include <ensue/app/log_line.hpp>

#include <charconv>
#include <cmath>

namespace ensue {
namespace {

void escape_into(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (u >= 0x20 && u != 0x7f) {
          out += c;
        } else {
          out += "\\u00";
          out += "0123456789abcdef"[u >> 4];
          out += "0123456789abcdef"[u & 15];
        }
    }
  }
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  escape_into(out, text);
  return out + '"';
}

struct json_value {
  std::string operator()(std::string_view s) const { return quoted(s); }
  std::string operator()(std::int64_t n) const { return std::to_string(n); }
  std::string operator()(bool b) const { return b ? "true" : "false"; }
  std::string operator()(double d) const {
    if (!std::isfinite(d)) return "null";
    char buffer[32];
    const auto [end, failed] = std::to_chars(buffer, buffer + sizeof buffer, d);
    return failed == std::errc{} ? std::string(buffer, end) : "null";
  }
};

struct text_value : json_value {
  using json_value::operator();
  std::string operator()(std::string_view s) const {
    const std::string q = quoted(s);
    const bool bare =
        !s.empty() && q.size() == s.size() + 2 && s.find_first_of(" =") == std::string_view::npos;
    return bare ? std::string{s} : q;
  }
};

}  // namespace

std::string_view text(log_level level) noexcept {
  switch (level) {
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warning: return "warning";
    case log_level::error: break;
  }
  return "error";
}

std::string text_log_line(std::string_view message, std::span<const log_field> fields) {
  std::string line;
  escape_into(line, message);
  for (const log_field& f : fields) {
    line += ' ';
    escape_into(line, f.name);
    line += '=' + std::visit(text_value{}, f.value);
  }
  return line;
}

std::string json_log_line(wall_time at, std::string_view app, log_level level,
                          std::string_view message, std::span<const log_field> fields) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(at);
  const auto day = std::chrono::floor<std::chrono::days>(ms);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{ms - day};
  char time[48];
  std::snprintf(
      time, sizeof time, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  std::string line = "{\"time\":" + quoted(time) + ",\"level\":" + quoted(text(level)) +
                     ",\"app\":" + quoted(app) + ",\"message\":" + quoted(message);
  for (const log_field& f : fields) {
    const bool taken =
        f.name == "time" || f.name == "level" || f.name == "app" || f.name == "message";
    line += ',' + quoted(taken ? "_" + std::string{f.name} : std::string{f.name});
    line += ':' + std::visit(json_value{}, f.value);
  }
  return line + '}';
}

}  // namespace ensue
