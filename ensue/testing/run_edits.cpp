#include <ensue/testing/run_edits.hpp>

#include <charconv>

namespace ensue::testing {

std::string run_edits::text() const {
  std::string out;
  for (const std::string& id : faults) out.append(out.empty() ? "" : ",").append(id);
  for (const auto& [name, value] : sizes)
    out.append(out.empty() ? "" : ",").append(name).append("=").append(std::to_string(value));
  return out.empty() ? "none" : out;
}

result<run_edits> run_edits::parse(std::string_view text) {
  run_edits edits;
  if (text == "none") return edits;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::string_view entry = text.substr(0, comma);
    if (entry.empty()) return errc::invalid;
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) {
      edits.faults.emplace(entry);
    } else {
      std::uint64_t value = 0;
      const char* const end = entry.data() + entry.size();
      const auto [at, ec] = std::from_chars(entry.data() + equals + 1, end, value);
      if (ec != std::errc{} || at != end || equals == 0) return errc::invalid;
      edits.sizes.emplace(entry.substr(0, equals), value);
    }
    if (comma == std::string_view::npos) return edits;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace ensue::testing
