#include <ensue/event/json_text.hpp>
#include <ensue/event/json_writer.hpp>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_stack.hpp>

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ensue {
namespace {

namespace json = boost::json;

/// Builds the DOM from the parser's calls. Differs from json::parser in two things: doubles are
/// converted exactly (Boost 1.81 is off by a bit in the last place for some), and the number of
/// elements is bounded.
class dom_handler {
 public:
  static constexpr std::size_t max_object_size = json::object::max_size();
  static constexpr std::size_t max_array_size = json::array::max_size();
  static constexpr std::size_t max_key_size = json::string::max_size();
  static constexpr std::size_t max_string_size = json::string::max_size();

  explicit dom_handler(std::size_t elements_max) noexcept : elements_left_{elements_max} {}
  json::value release() { return stack_.release(); }
  const std::string& problem() const noexcept { return problem_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t n, error_code& ec) { return stack_.push_array(n), one_more(ec); }
  bool on_object_begin(error_code&) { return true; }
  bool on_object_end(std::size_t n, error_code& ec) { return stack_.push_object(n), one_more(ec); }
  bool on_key_part(json::string_view s, std::size_t, error_code&) {
    return stack_.push_chars(s), true;
  }
  bool on_key(json::string_view s, std::size_t, error_code&) { return stack_.push_key(s), true; }
  bool on_string_part(json::string_view s, std::size_t, error_code&) {
    return stack_.push_chars(s), true;
  }
  bool on_string(json::string_view s, std::size_t, error_code& ec) {
    return stack_.push_string(s), one_more(ec);
  }
  bool on_number_part(json::string_view s, error_code&) { return number_.append(s), true; }
  bool on_int64(std::int64_t i, json::string_view s, error_code& ec) {
    number_.append(s);
    const bool minus_zero = i == 0 && number_[0] == '-';
    number_.clear();
    minus_zero ? stack_.push_double(-0.0) : stack_.push_int64(i);
    return one_more(ec);
  }
  bool on_uint64(std::uint64_t u, json::string_view, error_code& ec) {
    return number_.clear(), stack_.push_uint64(u), one_more(ec);
  }
  bool on_double(double rough, json::string_view s, error_code& ec) {
    number_.append(s);
    double exact = 0;
    const auto read = std::from_chars(number_.data(), number_.data() + number_.size(), exact);
    if (read.ec == std::errc::result_out_of_range) {
      exact = std::copysign(0.0, rough);
      if (std::abs(rough) > 1) return refuse("the number " + number_ + " is out of range", ec);
    }
    number_.clear();
    stack_.push_double(exact);
    return one_more(ec);
  }
  bool on_bool(bool b, error_code& ec) { return stack_.push_bool(b), one_more(ec); }
  bool on_null(error_code& ec) { return stack_.push_null(), one_more(ec); }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

 private:
  bool one_more(error_code& ec) {
    if (elements_left_ == 0) return refuse("more elements than the limit", ec);
    --elements_left_;
    return true;
  }
  bool refuse(std::string problem, error_code& ec) {
    problem_ = std::move(problem);
    ec = errc::invalid;
    return false;
  }

  json::value_stack stack_;
  std::string number_;  // the digits of a number so far
  std::string problem_;
  std::size_t elements_left_;
};

void write(json_writer& out, const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return out.null();
    case json::kind::bool_: return out.boolean(value.get_bool());
    case json::kind::int64: return out.integer(value.get_int64());
    case json::kind::uint64: return out.integer(value.get_uint64());
    case json::kind::double_: return out.number(value.get_double());
    case json::kind::string: return out.string(value.get_string());
    case json::kind::array: {
      out.begin_array();
      for (std::size_t i = 0; const json::value& item : value.get_array()) {
        const json_writer::at here{out, i++};
        write(out, item);
      }
      return out.end_array();
    }
    case json::kind::object: {
      out.begin_object();
      for (const auto& member : value.get_object()) {
        const json_writer::at here{out, member.key()};
        write(out, member.value());
      }
      return out.end_object();
    }
  }
}

/// How many bytes the UTF-8 character at `s` takes, 0 when it is malformed.
std::size_t utf8_length(const unsigned char* s, std::size_t left) noexcept {
  const unsigned char lead = s[0];
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length > left || length < 2) return length > left ? 0 : length;
  const unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (s[1] < low || s[1] > high) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if ((s[i] & 0xc0) != 0x80) return 0;
  return length;
}

}  // namespace

bool valid_utf8(std::string_view text) noexcept {
  const auto* s = reinterpret_cast<const unsigned char*>(text.data());
  for (std::size_t i = 0; i < text.size();) {
    if (text.size() - i >= 8) {  // eight characters of ASCII at once
      std::uint64_t eight;
      std::memcpy(&eight, s + i, 8);
      if ((eight & 0x8080'8080'8080'8080) == 0) {
        i += 8;
        continue;
      }
    }
    const std::size_t length = utf8_length(s + i, text.size() - i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

json_result<json::value> parse_json(std::string_view text, const json_limits& limits) {
  if (text.size() > limits.bytes)
    return codec_error{{},
                       "the text has " + std::to_string(text.size()) + " bytes, the limit is " +
                           std::to_string(limits.bytes)};
  json::parse_options options;
  options.max_depth = limits.depth;
  json::basic_parser<dom_handler> parser{options, limits.elements};
  error_code ec;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), ec);
  if (!ec && used < text.size()) ec = json::error::extra_data;
  if (!ec) return parser.handler().release();
  const std::string& problem = parser.handler().problem();
  return codec_error{{},
                     "not JSON at byte " + std::to_string(used) + ": " +
                         (problem.empty() ? ec.message() : problem)};
}

json_result<std::string> json_text(const json::value& value) {
  json_writer out;
  write(out, value);
  return std::move(out).finish();
}

}  // namespace ensue
