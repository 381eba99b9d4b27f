#include <cstdio>
#include <tests/rows/report.hpp>

namespace rows {
namespace {

std::string listed(const std::vector<std::string>& ids) {
  constexpr std::size_t most = 8;
  std::string all;
  for (std::size_t i = 0; i < ids.size() && i < most; ++i) all += (i == 0 ? "" : ", ") + ids[i];
  if (ids.size() > most) all += ", … (" + std::to_string(ids.size()) + ")";
  return all;
}

void append_line(std::string& out, const set_report& set) {
  char line[160];
  std::uint64_t skipped = 0;
  for (const auto& [reason, ids] : set.skipped) skipped += ids.size();
  std::snprintf(line, sizeof line, "%-16s %5llu rows %5llu passed %5zu failed %5llu skipped\n",
                set.set.c_str(), static_cast<unsigned long long>(set.rows),
                static_cast<unsigned long long>(set.passed), set.failed.size(),
                static_cast<unsigned long long>(skipped));
  out += line;
}

}  // namespace

std::string text(const report& all) {
  std::string out;
  for (const set_report& set : all.sets) {
    append_line(out, set);
    for (const auto& [id, why] : set.failed) out += "  FAILED " + id + ": " + why + "\n";
    for (const auto& [reason, ids] : set.skipped)
      out += "  skipped, " + reason + ": " + listed(ids) + "\n";
  }
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& [folder, reason] : all.absent) by_reason[reason].push_back(folder);
  for (const auto& [reason, folders] : by_reason) {
    out += reason + ":";
    for (const auto& folder : folders) out += ' ' + folder;
    out += '\n';
  }
  return out;
}

}  // namespace rows
