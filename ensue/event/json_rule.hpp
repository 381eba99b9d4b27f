#pragma once

#include <ensue/base/uuid.hpp>
#include <ensue/event/describe.hpp>
#include <ensue/event/json_reader.hpp>
#include <ensue/event/json_writer.hpp>
#include <ensue/event/time_text.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ensue {

/// How T is written and read. Specialise for a type of your own (a decimal, a strong id):
///
///   template <> struct ensue::json_rule<price> {
///     static void write(json_writer& out, const price& p) { out.string(p.text()); }
///     static bool read(json_reader& in, const json_reader::value& v, price& p);
///   };
///
/// and ensue::schema_rule when a schema is wanted. What is there:
///   bool                        true, false
///   integers, all widths        a number, exact; out of range is an error, never a wrap
///   float, double               a finite number, shortest text that reads back the same
///   std::string                 a string; must be UTF-8
///   described enum              its enumerator's name
///   std::optional<T>            the value; nullopt: no member, or null inside an array or a map
///   std::vector, std::array     an array; the array's length must be right
///   std::map<std::string, T>    an object
///   described struct            an object; members of bases first
///   std::variant                {"type": tag, "value": …}; see json_tag
///   std::chrono::duration       ISO 8601, "PT1.5S"; integral, of nanoseconds to days
///   std::chrono::sys_time       RFC 3339 in UTC, "2024-08-08T00:00:00.25Z"
///   uuid                        its text
/// An unknown or missing member: see decode_options. A member that is null though its type is not
/// optional is an error.
template <class T>
struct json_rule {
  static_assert(sizeof(T) == 0,
                "this type has no JSON form: describe it (BOOST_DESCRIBE_STRUCT, "
                "BOOST_DESCRIBE_ENUM) or specialise ensue::json_rule");
};

template <>
struct json_rule<bool> {
  static void write(json_writer& out, bool v) { out.boolean(v); }
  static bool read(json_reader& in, const json_reader::value& v, bool& out) {
    return in.boolean(v, out);
  }
};

/// Integers. `char` and the Unicode characters are text, not numbers, and have no rule.
template <class T>
concept json_integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                       !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                       !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <json_integer T>
struct json_rule<T> {
  using limits = std::numeric_limits<T>;
  static void write(json_writer& out, T v) {
    if constexpr (std::signed_integral<T>) {
      out.integer(std::int64_t{v});
    } else {
      out.integer(std::uint64_t{v});
    }
  }
  static bool read(json_reader& in, const json_reader::value& v, T& out) {
    if constexpr (std::signed_integral<T>) {
      std::int64_t wide = 0;
      if (!in.integer(v, std::int64_t{limits::min()}, std::int64_t{limits::max()}, wide))
        return false;
      return out = static_cast<T>(wide), true;
    } else {
      std::uint64_t wide = 0;
      if (!in.integer(v, std::uint64_t{limits::max()}, wide)) return false;
      return out = static_cast<T>(wide), true;
    }
  }
};

template <class T>
  requires std::same_as<T, double> || std::same_as<T, float>
struct json_rule<T> {
  static void write(json_writer& out, T v) { out.number(v); }
  static bool read(json_reader& in, const json_reader::value& v, T& out) {
    double wide = 0;
    if (!in.number(v, wide)) return false;
    if constexpr (std::same_as<T, float>) {
      constexpr double most = std::numeric_limits<float>::max();
      constexpr double rounds_to_most = 3.4028235677973366e38;  // most and half of its last place
      if (std::abs(wide) >= rounds_to_most)
        return in.expected("a number within the range of float", v);
      wide = std::clamp(wide, -most, most);
    }
    return out = static_cast<T>(wide), true;
  }
};

template <>
struct json_rule<std::string> {
  static void write(json_writer& out, const std::string& v) { out.string(v); }
  static bool read(json_reader& in, const json_reader::value& v, std::string& out) {
    std::string_view text;
    if (!in.string(v, text)) return false;
    return out = text, true;
  }
};

template <>
struct json_rule<uuid> {
  static void write(json_writer& out, const uuid& v) { out.string(v.text()); }
  static bool read(json_reader& in, const json_reader::value& v, uuid& out) {
    std::string_view text;
    if (!in.string(v, text)) return false;
    const auto id = uuid::parse(text);
    if (!id) return in.expected("a UUID", v);
    return out = *id, true;
  }
};

template <described_enum T>
struct json_rule<T> {
  static void write(json_writer& out, T v) {
    const auto name = enum_name(v);
    if (name.empty())
      return out.fail("expected a named enumerator, got " +
                      std::to_string(static_cast<std::underlying_type_t<T>>(v)));
    out.string(name);
  }
  static bool read(json_reader& in, const json_reader::value& v, T& out) {
    std::string_view name;
    if (!in.string(v, name)) return false;
    if (enum_value(name, out)) return true;
    std::string names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { names += (names.empty() ? "" : ", ") + std::string{d.name}; });
    return in.expected("one of " + names, v);
  }
};

template <class Rep, class Period>
struct json_rule<std::chrono::duration<Rep, Period>> {
  static_assert(std::integral<Rep>, "a duration on the wire counts whole units");
  static_assert(std::nano::den % Period::den == 0 && Period::num <= 86'400 * Period::den,
                "a duration on the wire is of nanoseconds to days");
  static constexpr std::int64_t nanos = Period::num * (std::nano::den / Period::den);
  using type = std::chrono::duration<Rep, Period>;
  static void write(json_writer& out, type v) { out.string(duration_text(v.count(), nanos)); }
  static bool read(json_reader& in, const json_reader::value& v, type& out) {
    std::string_view text;
    if (!in.string(v, text)) return false;
    const auto count = parse_duration(text, nanos);
    if (!count || !std::in_range<Rep>(*count))
      return in.expected("an ISO 8601 duration such as \"PT1.5S\" that its unit can hold", v);
    return out = type{static_cast<Rep>(*count)}, true;
  }
};

template <class D>
struct json_rule<std::chrono::sys_time<D>> {
  using type = std::chrono::sys_time<D>;
  static void write(json_writer& out, type v) { out.string(time_text(v)); }
  static bool read(json_reader& in, const json_reader::value& v, type& out) {
    std::string_view text;
    if (!in.string(v, text)) return false;
    const auto time = parse_time(text);
    if (!time || std::chrono::floor<D>(*time) != *time)
      return in.expected("an RFC 3339 time such as \"2024-08-08T00:00:00Z\" that its unit can hold",
                         v);
    return out = std::chrono::floor<D>(*time), true;
  }
};

}  // namespace ensue
