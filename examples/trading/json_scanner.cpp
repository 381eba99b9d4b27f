#include "json_scanner.hpp"

#include <charconv>

namespace trading {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

bool hex4(const char*& from, const char* to, std::uint32_t& code) noexcept {
  if (to - from < 4) return false;
  const auto [end, error] = std::from_chars(from, from + 4, code, 16);
  if (error != std::errc{} || end != from + 4) return false;
  from += 4;
  return true;
}

}  // namespace

char json_scanner::peek() noexcept {
  skip_space();
  return at_ == end_ ? '\0' : *at_;
}

bool json_scanner::enter(char open) noexcept {
  if (failed()) return false;
  if (peek() != open) return fail(open == '{' ? "expected an object" : "expected an array");
  ++at_;
  first_ = true;
  return true;
}

bool json_scanner::separator(char close) noexcept {
  if (failed()) return false;
  const char c = peek();
  const bool first = first_;
  first_ = false;
  if (c == close) {
    ++at_;
    return false;
  }
  if (first) return true;
  if (c != ',') return fail(close == '}' ? "expected , or }" : "expected , or ]");
  ++at_;
  return true;
}

bool json_scanner::next_item() noexcept { return separator(']'); }

bool json_scanner::next_key(std::string_view& key) {
  if (!separator('}')) return false;
  if (peek() != '"') return fail("expected a key");
  if (!text(key)) return false;
  if (peek() != ':') return fail("expected : after the key");
  ++at_;
  return true;
}

bool json_scanner::text(std::string_view& out) {
  if (failed()) return false;
  if (peek() != '"') return fail("expected a string");
  const char* const from = ++at_;
  bool escaped = false;
  while (at_ != end_ && *at_ != '"') {
    if (static_cast<unsigned char>(*at_) < 0x20) return fail("control character in a string");
    if (*at_ == '\\') {
      escaped = true;
      if (++at_ == end_) break;
    }
    ++at_;
  }
  if (at_ == end_) return fail("string without end");
  out = {from, static_cast<std::size_t>(at_ - from)};
  if (escaped) {
    if (!unescape(from, at_)) return fail("bad escape in a string");
    out = unescaped_;
  }
  ++at_;
  return true;
}

bool json_scanner::unescape(const char* from, const char* to) {
  unescaped_.clear();
  while (from != to) {
    if (*from != '\\') {
      unescaped_ += *from++;
    } else if (!escape(++from, to)) {
      return false;
    }
  }
  return true;
}

bool json_scanner::escape(const char*& from, const char* to) {
  constexpr std::string_view names = "\"\\/bfnrt";
  constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
  const char name = *from++;
  if (const auto n = names.find(name); n != names.npos) {
    unescaped_ += meanings[n];
    return true;
  }
  std::uint32_t code = 0;
  if (name != 'u' || !hex4(from, to, code)) return false;
  if (code >= 0xd800 && code < 0xdc00) {
    std::uint32_t low = 0;
    if (to - from < 2 || from[0] != '\\' || from[1] != 'u') return false;
    from += 2;
    if (!hex4(from, to, low) || low < 0xdc00 || low >= 0xe000) return false;
    code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
  } else if (code >= 0xdc00 && code < 0xe000) {
    return false;
  }
  append_utf8(unescaped_, code);
  return true;
}

bool json_scanner::number_token(std::string_view& out) noexcept {
  skip_space();
  const char* const from = at_;
  const auto digits = [&] {
    const char* const start = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return at_ != start;
  };
  if (at_ != end_ && *at_ == '-') ++at_;
  const bool leading_zero = at_ != end_ && *at_ == '0';
  const char* const whole = at_;
  if (!digits() || (leading_zero && at_ - whole > 1)) return fail("expected a number");
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits()) return fail("expected digits after the point");
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!digits()) return fail("expected digits of an exponent");
  }
  out = {from, static_cast<std::size_t>(at_ - from)};
  return true;
}

bool json_scanner::integer(std::int64_t& out) noexcept {
  std::string_view token;
  if (failed() || !number_token(token)) return false;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), out);
  if (error != std::errc{} || end != token.data() + token.size()) {
    return fail("expected a 64-bit integer");
  }
  return true;
}

bool json_scanner::string_or_number(std::string_view& out) {
  if (failed()) return false;
  return peek() == '"' ? text(out) : number_token(out);
}

bool json_scanner::literal(std::string_view word) noexcept {
  if (static_cast<std::size_t>(end_ - at_) < word.size() ||
      std::string_view(at_, word.size()) != word) {
    return fail("expected a value");
  }
  at_ += word.size();
  return true;
}

bool json_scanner::boolean(bool& out) noexcept {
  if (failed()) return false;
  const char c = peek();
  if (c != 't' && c != 'f') return fail("expected true or false");
  out = c == 't';
  return literal(out ? "true" : "false");
}

bool json_scanner::skip() { return !failed() && skip_nested(0); }

bool json_scanner::skip(std::string_view& raw) {
  if (failed()) return false;
  skip_space();
  const char* const from = at_;
  if (!skip_nested(0)) return false;
  raw = {from, static_cast<std::size_t>(at_ - from)};
  return true;
}

bool json_scanner::skip_nested(unsigned depth) {
  if (depth > depth_max) return fail("nested too deep");
  std::string_view ignored;
  switch (peek()) {
    case '{':
      enter('{');
      while (next_key(ignored)) {
        if (!skip_nested(depth + 1)) return false;
      }
      return !failed();
    case '[':
      enter('[');
      while (next_item()) {
        if (!skip_nested(depth + 1)) return false;
      }
      return !failed();
    case '"': return text(ignored);
    case 't': return literal("true");
    case 'f': return literal("false");
    case 'n': return literal("null");
    default: return number_token(ignored);
  }
}

bool json_scanner::finish() noexcept {
  if (failed()) return false;
  if (peek() != '\0' || at_ != end_) return fail("text after the end of the JSON value");
  return true;
}

}  // namespace trading
