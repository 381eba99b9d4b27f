#include <ensue/flow/job_record.hpp>

namespace ensue {

bool job_filter::fits(const job_record& j) const noexcept {
  return (name.empty() || name == j.name) && (!state || *state == j.state) &&
         (unique_key.empty() || unique_key == j.unique_key);
}

std::string job_text(std::string_view from, std::size_t bytes_max) {
  std::size_t end = std::min(from.size(), bytes_max);
  while (end > 0 && end < from.size() && (static_cast<unsigned char>(from[end]) & 0xC0U) == 0x80U)
    --end;
  std::string out{from.substr(0, end)};
  if (valid_utf8(out)) return out;
  for (char& c : out)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return out;
}

std::string job_account::text() const {
  std::string out = "recorded " + std::to_string(recorded);
  const char* sign = " = ";
  const auto part = [&](const char* name, std::uint64_t n) {
    if (n == 0) return;
    out += sign + std::string{name} + ' ' + std::to_string(n);
    sign = " + ";
  };
  part("waiting", waiting);
  part("running", running);
  part("done", done);
  part("failed", failed);
  part("cancelled", cancelled);
  part("expired", expired);
  sign = "; ";
  part("duplicates", duplicates);
  part("refused", refused);
  part("retried", retried);
  part("released", released);
  part("lost", lost);
  part("fenced", fenced);
  part("forgotten", forgotten);
  return out;
}

}  // namespace ensue
