#pragma once

#include <ensue/event/json.hpp>

#include <boost/describe/class.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace ensue {

/// Any JSON value as a member of a described struct: what this layer carries and does not read.
struct any_json {
  boost::json::value value;

  friend bool operator==(const any_json&, const any_json&) = default;
};

namespace detail {
void write_any(json_writer& out, const boost::json::value& v);
}

template <>
struct json_rule<any_json> {
  static void write(json_writer& out, const any_json& v) { detail::write_any(out, v.value); }
  static bool read(json_reader&, const json_reader::value& v, any_json& out) {
    return out.value = v, true;
  }
};

/// A described struct as JSON. Throws std::invalid_argument with the place of what has no JSON.
template <class T>
any_json to_any_json(const T& value) {
  any_json out;
  out.value = parse_json(encode_json(value).value()).value();
  return out;
}

/// The struct that the JSON holds. Throws std::invalid_argument with the place.
template <class T>
T from_any_json(const any_json& from) {
  return decode_document<T>(from.value).value();
}

}  // namespace ensue
