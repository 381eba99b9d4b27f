#include <ensue/event/topic.hpp>

#include <algorithm>

namespace ensue {
namespace {

using detail::level_reader;
using detail::syntax_of;
using detail::topic_syntax;

bool is(std::string_view level, char wildcard) noexcept {
  return level.size() == 1 && level[0] == wildcard;
}

bool valid_level(std::string_view level, const topic_syntax& syntax, bool wildcards) noexcept {
  if (level.empty()) return syntax.empty_levels;
  if (is(level, syntax.one) || is(level, syntax.rest)) return wildcards;
  if (syntax.empty_levels)  // mqtt: a wildcard character is nothing else
    return level.find(syntax.one) == level.npos && level.find(syntax.rest) == level.npos &&
           level.find('\0') == level.npos;
  return std::ranges::none_of(level, [](unsigned char c) { return c <= ' ' || c == 0x7f; });
}

bool valid(std::string_view text, const topic_syntax& syntax, bool wildcards) noexcept {
  if (text.empty() || text.size() > topic_bytes_max) return false;
  level_reader levels{text, syntax.separator};
  std::size_t count = 0;
  for (std::string_view level; levels.next(level);) {
    if (++count > topic_levels_max || !valid_level(level, syntax, wildcards)) return false;
    if (wildcards && is(level, syntax.rest) && !levels.done()) return false;
  }
  return true;
}

bool hidden(std::string_view pattern, std::string_view topic, const topic_syntax& syntax) noexcept {
  return syntax.dollar_is_private && topic[0] == '$' &&
         (pattern[0] == syntax.one || pattern[0] == syntax.rest);
}

}  // namespace

const topic_syntax& detail::syntax_of(topic_style style) noexcept {
  static constexpr topic_syntax nats{'.', '*', '>', false, false, false};
  static constexpr topic_syntax mqtt{'/', '+', '#', true, true, true};
  return style == topic_style::nats ? nats : mqtt;
}

bool valid_topic(std::string_view topic, topic_style style) noexcept {
  return valid(topic, syntax_of(style), false);
}

bool valid_pattern(std::string_view pattern, topic_style style) noexcept {
  return valid(pattern, syntax_of(style), true);
}

bool has_wildcard(std::string_view pattern, topic_style style) noexcept {
  const topic_syntax& syntax = syntax_of(style);
  level_reader levels{pattern, syntax.separator};
  for (std::string_view level; levels.next(level);)
    if (is(level, syntax.one) || is(level, syntax.rest)) return true;
  return false;
}

bool topic_matches(std::string_view pattern, std::string_view topic, topic_style style) noexcept {
  return valid_topic(topic, style) && pattern_within(topic, pattern, style);
}

bool pattern_within(std::string_view inner, std::string_view outer, topic_style style) noexcept {
  const topic_syntax& syntax = syntax_of(style);
  if (!valid(inner, syntax, true) || !valid(outer, syntax, true)) return false;
  if (hidden(outer, inner, syntax)) return false;
  const char wide_open[] = {syntax.one, syntax.separator, syntax.rest};
  level_reader ins{inner, syntax.separator}, outs{outer, syntax.separator};
  std::string_view in, out;
  for (bool first = true; outs.next(out); first = false) {
    const bool more = ins.next(in);
    if (is(out, syntax.rest)) return more || syntax.rest_may_be_none;
    if (!more) return false;
    if (is(in, syntax.rest))  // a topic has at least one level: mqtt's `#` is `+/#` all the same
      return first && syntax.rest_may_be_none && outer == std::string_view{wide_open, 3};
    if (!is(out, syntax.one) && in != out) return false;
  }
  return ins.done();
}

bool patterns_overlap(std::string_view a, std::string_view b, topic_style style) noexcept {
  const topic_syntax& syntax = syntax_of(style);
  if (!valid(a, syntax, true) || !valid(b, syntax, true)) return false;
  if (hidden(a, b, syntax) || hidden(b, a, syntax)) return false;
  level_reader as{a, syntax.separator}, bs{b, syntax.separator};
  std::string_view x, y;
  for (;;) {
    const bool more_a = as.next(x), more_b = bs.next(y);
    if (!more_a && !more_b) return true;
    const bool rest_a = more_a && is(x, syntax.rest), rest_b = more_b && is(y, syntax.rest);
    if (rest_a) return more_b || syntax.rest_may_be_none;
    if (rest_b) return more_a || syntax.rest_may_be_none;
    if (!more_a || !more_b) return false;
    if (!is(x, syntax.one) && !is(y, syntax.one) && x != y) return false;
  }
}

}  // namespace ensue
