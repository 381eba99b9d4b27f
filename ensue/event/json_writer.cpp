#include <ensue/event/json_writer.hpp>

#include <charconv>
#include <cmath>
#include <concepts>

namespace ensue {
namespace {

template <class T>
void append_number(std::string& out, T value) {
  if constexpr (std::floating_point<T>) {
    if (value == 0 && std::signbit(value)) return void(out += "-0.0");  // "-0" reads as an integer
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

/// The two-character escape of a control character or quote, or 0.
char short_escape(char c) noexcept {
  switch (c) {
    case '"': return '"';
    case '\\': return '\\';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    default: return 0;
  }
}

}  // namespace

void detail::prepend_step(std::string& path, std::string_view member, std::size_t index) {
  std::string step;
  if (member.data() == nullptr) {
    step = '[' + std::to_string(index) + ']';
  } else {
    step = member;
  }
  if (!path.empty() && path[0] != '[') step += '.';
  path.insert(0, step);
}

json_writer::at::at(json_writer& writer, std::string_view member)
    : writer_{writer}, up_{writer.top_}, member_{member}, index_{0} {
  if (member_.data() == nullptr) member_ = "";
  writer_.comma();
  writer_.top_ = this;
  writer_.quoted(member_);
  writer_.out_ += ':';
}

json_writer::at::at(json_writer& writer, std::size_t index)
    : writer_{writer}, up_{writer.top_}, index_{index} {
  writer_.comma();
  writer_.top_ = this;
}

void json_writer::comma() {
  if (out_.back() != '[' && out_.back() != '{') out_ += ',';
}

void json_writer::open(char bracket) {
  if (++depth_ > limits_.depth)
    fail("nested deeper than the limit of " + std::to_string(limits_.depth));
  out_ += bracket;
}

void json_writer::close(char bracket) {
  --depth_;
  out_ += bracket;
}

void json_writer::integer(std::int64_t value) { append_number(out_, value); }
void json_writer::integer(std::uint64_t value) { append_number(out_, value); }

void json_writer::number(double value) {
  if (!std::isfinite(value)) return fail("expected a finite number, got " + std::to_string(value));
  append_number(out_, value);
}

void json_writer::number(float value) {
  if (!std::isfinite(value)) return fail("expected a finite number, got " + std::to_string(value));
  append_number(out_, value);
}

void json_writer::string(std::string_view value) { quoted(value); }

void json_writer::quoted(std::string_view value) {
  if (!valid_utf8(value)) return fail("expected a text in UTF-8, got other bytes");
  constexpr std::string_view hex = "0123456789abcdef";
  out_ += '"';
  std::size_t plain = 0;  // start of the run that needs no escape
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const char letter = short_escape(c);
    if (letter == 0 && static_cast<unsigned char>(c) >= 0x20) continue;
    out_ += value.substr(plain, i - plain);
    plain = i + 1;
    if (letter != 0) {
      out_ += '\\';
      out_ += letter;
    } else {
      out_ += "\\u00";
      out_ += hex[static_cast<unsigned char>(c) >> 4];
      out_ += hex[c & 15];
    }
  }
  out_ += value.substr(plain);
  out_ += '"';
}

void json_writer::fail(std::string message) {
  if (error_) return;
  codec_error error{"", std::move(message)};
  for (const at* step = top_; step != nullptr; step = step->up_)
    detail::prepend_step(error.path, step->member_, step->index_);
  error_ = std::move(error);
}

json_result<std::string> json_writer::finish() && {
  if (error_) return std::move(*error_);
  if (out_.size() > limits_.bytes)
    return codec_error{{},
                       "the text has " + std::to_string(out_.size()) + " bytes, the limit is " +
                           std::to_string(limits_.bytes)};
  return std::move(out_);
}

}  // namespace ensue
