#include <ensue/testing/sim_report.hpp>

#include <cstdio>

namespace ensue::testing {
namespace {

std::string decimal(double value, int digits) {
  char text[64];
  const int n = std::snprintf(text, sizeof text, "%.*f", digits, value);
  return {text, static_cast<std::size_t>(n)};
}

std::string quoted(std::string_view text) {
  std::string out{"\""};
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + '"';
}

double years(std::chrono::milliseconds d) {
  return std::chrono::duration<double, std::ratio<31'556'952>>{d}.count();
}

}  // namespace

double sim_report::seeds_per_second() const noexcept {
  const double seconds = std::chrono::duration<double>{took}.count();
  return seconds > 0 ? static_cast<double>(found.seeds) / seconds : 0;
}

std::string sim_report::line() const {
  std::string out = scenario;
  if (!planted.empty()) out += " with " + planted;
  out += ": " + std::to_string(found.seeds) + " seeds, " + decimal(seeds_per_second(), 0) + "/s, " +
         std::to_string(found.distinct) + " distinct, " + std::to_string(found.steps) + " steps, " +
         decimal(years(found.virtual_time), 4) + " virtual years";
  if (!found.failing_seed) return out + (planted.empty() ? ": ok" : ": NOT FOUND");
  const std::string seed = std::to_string(*found.failing_seed);
  return out + (planted.empty() ? ": seed " + seed + " FAILED" : ": found at seed " + seed);
}

std::string sim_report::sites() const {
  std::string out;
  for (const auto& [place, t] : found.sites)
    out += "  fault site " + place + ": reached " + std::to_string(t.reached) + ", fired " +
           std::to_string(t.fired) + ", active in " + std::to_string(t.active_seeds) + " seeds\n";
  return out;
}

std::string sim_report::json() const {
  std::string out = "{\"scenario\":" + quoted(scenario);
  if (!planted.empty()) out += ",\"planted\":" + quoted(planted);
  out += ",\"seeds\":" + std::to_string(found.seeds) +
         ",\"distinct\":" + std::to_string(found.distinct) +
         ",\"steps\":" + std::to_string(found.steps) +
         ",\"virtual_years\":" + decimal(years(found.virtual_time), 6) +
         ",\"seconds\":" + decimal(std::chrono::duration<double>{took}.count(), 3) +
         ",\"seeds_per_second\":" + decimal(seeds_per_second(), 0) + ",\"sites\":{";
  std::string_view comma;
  for (const auto& [place, t] : found.sites) {
    out.append(comma).append(quoted(place)).append(":{\"reached\":");
    out += std::to_string(t.reached) + ",\"fired\":" + std::to_string(t.fired) +
           ",\"active_seeds\":" + std::to_string(t.active_seeds) + "}";
    comma = ",";
  }
  out += "},\"failing_seed\":" +
         (found.failing_seed ? std::to_string(*found.failing_seed) : std::string{"null"});
  if (found.failing_seed)
    out += ",\"broken\":" + quoted(found.broken) + ",\"report\":" + quoted(found.report);
  return out + "}";
}

}  // namespace ensue::testing
