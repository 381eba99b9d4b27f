#pragma once

#include <ensue/base/clock.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace ensue {

/// Typed reads from a TOML file and the environment, where a variable wins over the file:
/// `[bus] depth_max` is also `ENSUE_BUS_DEPTH_MAX`.
///
/// A wrong value does not throw: the read gives the fallback and notes a problem that names the
/// key, where it stands, what was expected and what was there. A key that nobody has read by the
/// time of `problems` is one too: with the known key that is spelt nearly the same.
/// Loop thread only.
class config {
 public:
  using environment = std::map<std::string, std::string, std::less<>>;

  config() = default;
  /// `file` empty: environment only. Variables that do not begin with ENSUE_ are not looked at.
  explicit config(const std::string& file, environment variables = {});
  /// The variables of this process that begin with ENSUE_.
  static environment process_environment();

  /// T: bool, an integer, double, std::string, duration ("200ms", units ns us ms s min h), or
  /// std::vector<std::string> (in a variable: separated by commas).
  template <class T>
  T get(std::string_view key, T fallback) {
    if constexpr (std::same_as<T, bool>) {
      return boolean(key, fallback);
    } else if constexpr (std::integral<T>) {
      using limit = std::numeric_limits<T>;
      return get_between<T>(key, fallback, limit::min(), limit::max());
    } else if constexpr (std::same_as<T, double>) {
      return number(key, fallback);
    } else if constexpr (std::same_as<T, duration>) {
      return span(key, fallback);
    } else if constexpr (std::same_as<T, std::vector<std::string>>) {
      return list(key, std::move(fallback));
    } else {
      return text(key, std::move(fallback));
    }
  }
  /// Both ends included.
  template <std::integral T>
  T get_between(std::string_view key, T fallback, T low, T high) {
    const std::uint64_t top = high > 0 ? static_cast<std::uint64_t>(high) : 0;
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    const auto upper =
        top > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(high);
    std::int64_t found = 0;
    return integer(key, found, static_cast<std::int64_t>(low), upper) ? static_cast<T>(found)
                                                                      : fallback;
  }
  /// The place of the text in `words`.
  std::size_t one_of(std::string_view key, std::size_t fallback,
                     const std::vector<std::string>& words);

  bool has(std::string_view key) const;
  /// Keys of the file that begin with `prefix`.
  std::vector<std::string> keys(std::string_view prefix) const;
  /// Counts as read from now on; what it is spelt like is checked by the caller.
  void accept(std::string_view key);
  /// Notes a problem with the value of `key`, with its place.
  void complain(std::string_view key, std::string_view text);

  /// All that is wrong so far; with `finally`, keys nobody has read are wrong too.
  std::vector<std::string> problems(bool finally = true) const;

 private:
  using data = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;
  struct value {
    data content;
    std::string where;  ///< "shop.toml:3: bus.capacity" or "ENSUE_BUS_CAPACITY"
    bool from_text = false;
    bool used = false;
  };
  struct toml_reader;

  value* look_up(std::string_view key);
  void wrong(const value& v, std::string_view expected);
  bool boolean(std::string_view key, bool fallback);
  bool integer(std::string_view key, std::int64_t& out, std::int64_t low, std::int64_t high);
  double number(std::string_view key, double fallback);
  std::string text(std::string_view key, std::string fallback);
  duration span(std::string_view key, duration fallback);
  std::vector<std::string> list(std::string_view key, std::vector<std::string> fallback);

  std::map<std::string, value, std::less<>> file_;       // by key
  std::map<std::string, value, std::less<>> variables_;  // by name
  std::set<std::string, std::less<>> known_;             // keys that were asked for
  std::vector<std::string> problems_;
};

/// "1.5s" to a duration; false when it is none. Units: ns us ms s min h.
bool parse_duration(std::string_view text, duration& out) noexcept;

}  // namespace ensue
