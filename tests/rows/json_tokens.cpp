#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <tests/rows/json_tokens.hpp>

namespace rows {
namespace {

bool is_number(const std::string& token) {
  return token[0] == '-' || (token[0] >= '0' && token[0] <= '9');
}

bool is_integer64(const std::string& token) {
  if (!is_number(token) || token == "-0") return false;
  std::int64_t i = 0;
  std::uint64_t u = 0;
  const char* end = token.data() + token.size();
  const auto as_signed = std::from_chars(token.data(), end, i);
  const auto as_unsigned = std::from_chars(token.data(), end, u);
  return (as_signed.ec == std::errc{} && as_signed.ptr == end) ||
         (as_unsigned.ec == std::errc{} && as_unsigned.ptr == end);
}

std::size_t token_end(std::string_view text, std::size_t at) {
  if (text[at] == '"') {
    for (++at; at < text.size() && text[at] != '"'; ++at)
      if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
  }
  if (std::string_view{"{}[],:"}.find(text[at]) != std::string_view::npos) return at + 1;
  return std::min(text.find_first_of(" \t\r\n{}[],:\"", at), text.size());
}

/// The value of a \uXXXX escape at `at`, or -1.
long escape_at(std::string_view text, std::size_t at) {
  if (at + 6 > text.size() || text[at] != '\\' || text[at + 1] != 'u') return -1;
  return std::strtol(std::string{text.substr(at + 2, 4)}.c_str(), nullptr, 16);
}

bool first_half(long unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool second_half(long unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

std::vector<std::string> tokens_of(std::string_view text) {
  std::vector<std::string> tokens;
  for (std::size_t at = 0; (at = text.find_first_not_of(" \t\r\n", at)) != text.npos;) {
    const std::size_t end = token_end(text, at);
    tokens.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return tokens;
}

bool has_lone_surrogate(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\') continue;
    const long unit = escape_at(text, at);
    if (second_half(unit)) return true;
    if (!first_half(unit)) {
      ++at;  // over the escaped character
    } else if (second_half(escape_at(text, at + 6))) {
      at += 11;
    } else {
      return true;
    }
  }
  return false;
}

bool has_huge_number(const std::vector<std::string>& tokens) {
  return std::ranges::any_of(tokens, [](const std::string& token) {
    return is_number(token) && std::isinf(std::strtod(token.c_str(), nullptr));
  });
}

std::map<std::string, std::string> last_members(const std::vector<std::string>& tokens) {
  std::map<std::string, std::string> members;
  if (tokens.size() < 6 || tokens.front() != "{" || tokens.back() != "}") return {};
  for (std::size_t at = 1; at + 3 < tokens.size(); at += 4) {
    const std::string &key = tokens[at], &value = tokens[at + 2];
    if (key[0] != '"' || key.find('\\') != key.npos || value == "{" || value == "[") return {};
    members[key.substr(1, key.size() - 2)] = value;
  }
  return members;
}

std::vector<std::string> last_integers(const std::vector<std::string>& tokens) {
  std::vector<std::string> all;
  if (const auto members = last_members(tokens); !members.empty()) {
    for (const auto& [key, value] : members)
      if (is_integer64(value)) all.push_back(value);
    return all;
  }
  if (contains(tokens, "{")) return {};  // members may replace each other somewhere inside
  std::ranges::copy_if(tokens, std::back_inserter(all), is_integer64);
  return all;
}

bool contains(const std::vector<std::string>& tokens, std::string_view token) {
  return std::ranges::find(tokens, token) != tokens.end();
}

}  // namespace rows
