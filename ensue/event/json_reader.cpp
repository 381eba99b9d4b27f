#include <ensue/event/json_reader.hpp>
#include <ensue/event/json_writer.hpp>

#include <boost/json/value.hpp>

#include <charconv>
#include <cmath>
#include <limits>

namespace ensue {
namespace {

namespace json = boost::json;

std::string describe(const json::value& v) {
  switch (v.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return v.get_bool() ? "true" : "false";
    case json::kind::string: {
      const std::string_view text = v.get_string();
      return text.size() <= 40 ? "\"" + std::string{text} + "\"" : "a string";
    }
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
    case json::kind::double_: {
      char text[40];
      const auto end =
          std::to_chars(text, text + sizeof text, v.get_double(),
                        std::abs(v.get_double()) < 1e15 ? std::chars_format::general
                                                        : std::chars_format::scientific);
      return {text, end.ptr};
    }
    case json::kind::int64: return std::to_string(v.get_int64());
    case json::kind::uint64: return std::to_string(v.get_uint64());
  }
  return {};
}

/// An integer that was written with a point or an exponent, or that no 64 bits hold. From 2^53 on a
/// double may stand for several integers, so none of them is taken for it.
bool as_exact(const json::value& v, double& out) noexcept {
  const auto* d = v.if_double();
  constexpr double end = 9007199254740992.0;
  return d != nullptr && *d == std::trunc(*d) && std::abs(*d) < end && (out = *d, true);
}

bool as_int64(const json::value& v, std::int64_t& out) noexcept {
  if (const auto* i = v.if_int64()) return out = *i, true;
  double d = 0;
  return as_exact(v, d) && (out = static_cast<std::int64_t>(d), true);
}

bool as_uint64(const json::value& v, std::uint64_t& out) noexcept {
  if (const auto* u = v.if_uint64()) return out = *u, true;
  if (const auto* i = v.if_int64()) return out = static_cast<std::uint64_t>(*i), *i >= 0;
  double d = 0;
  return as_exact(v, d) && d >= 0 && (out = static_cast<std::uint64_t>(d), true);
}

}  // namespace

// Not inline: g++ 12 takes the place for one that outlives the reader (-Wdangling-pointer).
json_reader::at::at(json_reader& reader, std::string_view member) noexcept
    : reader_{reader}, up_{reader.top_}, member_{member}, index_{0} {
  if (member_.data() == nullptr) member_ = "";
  reader_.top_ = this;
}

json_reader::at::at(json_reader& reader, std::size_t index) noexcept
    : reader_{reader}, up_{reader.top_}, index_{index} {
  reader_.top_ = this;
}

bool json_reader::null(const value& v) const noexcept { return v.is_null(); }

bool json_reader::boolean(const value& v, bool& out) {
  if (const bool* b = v.if_bool()) return out = *b, true;
  return expected("true or false", v);
}

bool json_reader::integer(const value& v, std::int64_t least, std::int64_t most,
                          std::int64_t& out) {
  if (as_int64(v, out) && out >= least && out <= most) return true;
  return expected("an integer from " + std::to_string(least) + " to " + std::to_string(most), v);
}

bool json_reader::integer(const value& v, std::uint64_t most, std::uint64_t& out) {
  if (as_uint64(v, out) && out <= most) return true;
  return expected("an integer from 0 to " + std::to_string(most), v);
}

bool json_reader::number(const value& v, double& out) {
  if (const double* d = v.if_double()) return out = *d, true;
  if (const auto* i = v.if_int64()) return out = static_cast<double>(*i), true;
  if (const auto* u = v.if_uint64()) return out = static_cast<double>(*u), true;
  return expected("a number", v);
}

bool json_reader::string(const value& v, std::string_view& out) {
  if (const auto* s = v.if_string()) return out = *s, true;
  return expected("a string", v);
}

bool json_reader::array(const value& v, std::size_t& size) {
  if (const auto* a = v.if_array()) return size = a->size(), true;
  return expected("an array", v);
}

bool json_reader::object(const value& v, std::size_t& size) {
  if (const auto* o = v.if_object()) return size = o->size(), true;
  return expected("an object", v);
}

const json_reader::value& json_reader::element(const value& array, std::size_t i) noexcept {
  return array.get_array()[i];
}

std::string_view json_reader::key(const value& object, std::size_t i) noexcept {
  return (object.get_object().begin() + i)->key();
}

const json_reader::value& json_reader::member(const value& object, std::size_t i) noexcept {
  return (object.get_object().begin() + i)->value();
}

const json_reader::value* json_reader::member(const value& object, std::string_view key) noexcept {
  return object.get_object().if_contains(key);
}

bool json_reader::expected(std::string_view what, const value& got) {
  return fail("expected " + std::string{what} + ", got " + describe(got));
}

bool json_reader::fail(std::string message) {
  if (error_) return false;
  codec_error error{"", std::move(message)};
  for (const at* step = top_; step != nullptr; step = step->up_)
    detail::prepend_step(error.path, step->member_, step->index_);
  error_ = std::move(error);
  return false;
}

codec_error json_reader::take_error() noexcept { return std::move(*error_); }

}  // namespace ensue
