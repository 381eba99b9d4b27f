#include <ensue/event/version.hpp>

#include <algorithm>
#include <optional>

namespace ensue {
namespace {

bool digits_only(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Digits without a leading zero.
bool number(std::string_view text) noexcept {
  return digits_only(text) && (text.size() == 1 || text[0] != '0');
}

bool identifier(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
}

/// Takes the text up to `separator` off the front; nullopt when there is no separator.
std::optional<std::string_view> take(std::string_view& text, char separator) noexcept {
  const auto end = text.find(separator);
  if (end == text.npos) return std::nullopt;
  const auto part = text.substr(0, end);
  text.remove_prefix(end + 1);
  return part;
}

bool split_identifiers(std::string_view text, std::vector<std::string>& out) {
  for (;;) {
    const auto end = text.find('.');
    out.emplace_back(text.substr(0, end));
    if (!identifier(out.back())) return false;
    if (end == text.npos) return true;
    text.remove_prefix(end + 1);
  }
}

std::strong_ordering by_number(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

std::strong_ordering by_precedence(std::string_view a, std::string_view b) noexcept {
  const bool number_a = digits_only(a), number_b = digits_only(b);
  if (number_a && number_b) return by_number(a, b);
  if (number_a != number_b) return number_b <=> number_a;  // numbers come first
  return a.compare(b) <=> 0;
}

}  // namespace

result<semantic_version> semantic_version::parse(std::string_view text) {
  semantic_version v;
  if (const auto plus = text.find('+'); plus != text.npos) {
    std::vector<std::string> parts;
    if (!split_identifiers(text.substr(plus + 1), parts)) return errc::invalid;
    v.build = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != text.npos) {
    if (!split_identifiers(text.substr(dash + 1), v.prerelease)) return errc::invalid;
    for (const auto& part : v.prerelease)
      if (digits_only(part) && !number(part)) return errc::invalid;
    text = text.substr(0, dash);
  }
  const auto first = take(text, '.'), second = take(text, '.');
  if (!first || !second || !number(*first) || !number(*second) || !number(text))
    return errc::invalid;
  v.major = *first;
  v.minor = *second;
  v.patch = text;
  return v;
}

std::string semantic_version::text() const {
  std::string out = major + '.' + minor + '.' + patch;
  for (std::size_t i = 0; i < prerelease.size(); ++i) out += (i == 0 ? '-' : '.') + prerelease[i];
  if (!build.empty()) out += '+' + build;
  return out;
}

std::weak_ordering operator<=>(const semantic_version& a, const semantic_version& b) noexcept {
  if (const auto order = by_number(a.major, b.major); order != 0) return order;
  if (const auto order = by_number(a.minor, b.minor); order != 0) return order;
  if (const auto order = by_number(a.patch, b.patch); order != 0) return order;
  if (a.prerelease.empty() != b.prerelease.empty())
    return a.prerelease.empty() <=> b.prerelease.empty();  // a release comes after
  return std::lexicographical_compare_three_way(a.prerelease.begin(), a.prerelease.end(),
                                                b.prerelease.begin(), b.prerelease.end(),
                                                by_precedence);
}

}  // namespace ensue
