#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ensue {

/// How topics are written. A topic is a text of levels; a pattern has wildcards, each a whole
/// level.
///
/// nats  `orders.*.created`, `orders.>`: `*` is one level, `>` one or more and comes last. No level
///       is empty or holds white space or control characters. A wildcard character inside a longer
///       level is an ordinary character. This is the style of the bus.
/// mqtt  `sport/+/x`, `sport/#`: `+` is one level, `#` none or more and comes last, so `sport/#`
///       also matches `sport`. Levels may be empty. Both characters are allowed as wildcards only.
///       A leading wildcard does not match a topic that begins with `$` (MQTT 5.0, 4.7).
enum class topic_style : std::uint8_t { nats, mqtt };

inline constexpr std::size_t topic_bytes_max = 65'535;
inline constexpr std::size_t topic_levels_max = 256;

/// A topic without wildcards, of at most topic_bytes_max bytes and topic_levels_max levels?
bool valid_topic(std::string_view topic, topic_style style = topic_style::nats) noexcept;

/// As above, wildcards allowed.
bool valid_pattern(std::string_view pattern, topic_style style = topic_style::nats) noexcept;

/// Does the pattern use a wildcard? Assumes it is valid.
bool has_wildcard(std::string_view pattern, topic_style style = topic_style::nats) noexcept;

/// Does `topic` match `pattern`? False when either is not valid. Linear in their lengths.
bool topic_matches(std::string_view pattern, std::string_view topic,
                   topic_style style = topic_style::nats) noexcept;

/// Is every topic that matches `inner` also matched by `outer`? False when either is not valid.
bool pattern_within(std::string_view inner, std::string_view outer,
                    topic_style style = topic_style::nats) noexcept;

/// Is there a topic that matches both patterns? False when either is not valid.
bool patterns_overlap(std::string_view a, std::string_view b,
                      topic_style style = topic_style::nats) noexcept;

namespace detail {

/// What differs between the styles, as data.
struct topic_syntax {
  char separator;
  char one;   ///< matches one level
  char rest;  ///< matches the remaining levels
  bool rest_may_be_none;
  bool empty_levels;
  bool dollar_is_private;
};

const topic_syntax& syntax_of(topic_style style) noexcept;

/// Takes levels off the front of a topic.
class level_reader {
 public:
  level_reader(std::string_view text, char separator) noexcept
      : rest_{text}, separator_{separator} {}

  bool next(std::string_view& level) noexcept {
    if (done_) return false;
    const auto end = rest_.find(separator_);
    level = rest_.substr(0, end);
    done_ = end == rest_.npos;
    if (!done_) rest_.remove_prefix(end + 1);
    return true;
  }
  bool done() const noexcept { return done_; }

 private:
  std::string_view rest_;
  char separator_;
  bool done_ = false;
};

}  // namespace detail
}  // namespace ensue
