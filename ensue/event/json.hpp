#pragma once

#include <ensue/event/json_composite.hpp>
#include <ensue/event/json_rule.hpp>

#include <string>
#include <string_view>

namespace ensue {

/// The JSON text of a value. Errors: a double that is not finite, text that is not UTF-8, an enum
/// value without a name, more depth or bytes than the limits.
template <class T>
json_result<std::string> encode_json(const T& value, const json_limits& limits = {}) {
  json_writer out{limits};
  json_rule<T>::write(out, value);
  return std::move(out).finish();
}

namespace detail {
/// Parses, and calls `read` with the document. In one place, so that users do not compile it.
json_result<void> read_document(std::string_view text, json_reader& reader,
                                bool (*read)(json_reader&, const json_reader::value&, void*),
                                void* out);
}  // namespace detail

/// Reads a T out of a parsed document, e.g. of parse_json.
template <class T>
json_result<T> decode_document(const boost::json::value& document,
                               const decode_options& options = {}) {
  json_reader reader{options};
  T out{};
  if (!json_rule<T>::read(reader, document, out)) return reader.take_error();
  return out;
}

/// Parses the text and reads a T out of it.
template <class T>
json_result<T> decode_json(std::string_view text, const decode_options& options = {}) {
  json_reader reader{options};
  T out{};
  const auto done = detail::read_document(
      text, reader,
      [](json_reader& in, const json_reader::value& v, void* to) {
        return json_rule<T>::read(in, v, *static_cast<T*>(to));
      },
      &out);
  if (!done) return done.error();
  return out;
}

}  // namespace ensue
