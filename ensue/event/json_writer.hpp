#pragma once

#include <ensue/event/json_text.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ensue {

/// Writes one JSON text, in order, remembering where it is for the error. After an error the calls
/// go on but nothing more is said: only `finish` tells. What rules for user types write with.
class json_writer {
 public:
  explicit json_writer(const json_limits& limits = {}) : limits_{limits} { out_.reserve(256); }
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;

  void null() { raw("null"); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void integer(std::int64_t value);
  void integer(std::uint64_t value);
  /// An error when not finite.
  void number(double value);
  /// As above, with the shortest digits that read back as the same float.
  void number(float value);
  /// An error when not UTF-8.
  void string(std::string_view value);

  void begin_array() { open('['); }
  void end_array() { close(']'); }
  void begin_object() { open('{'); }
  void end_object() { close('}'); }

  /// A member of the open object, or an element of the open array, for as long as it lives.
  class at {
   public:
    at(json_writer& writer, std::string_view member);
    at(json_writer& writer, std::size_t index);
    ~at() { writer_.top_ = up_; }
    at(const at&) = delete;
    at& operator=(const at&) = delete;

   private:
    friend class json_writer;
    json_writer& writer_;
    const at* up_;
    std::string_view member_;
    std::size_t index_;
  };

  /// Marks what is being written as wrong. The first call counts.
  void fail(std::string message);
  bool failed() const noexcept { return error_.has_value(); }

  /// The text, or the first error.
  json_result<std::string> finish() &&;

 private:
  void raw(std::string_view text) { out_ += text; }
  void open(char bracket);
  void close(char bracket);
  void comma();
  void quoted(std::string_view value);

  json_limits limits_;
  std::string out_;
  std::size_t depth_ = 0;
  const at* top_ = nullptr;
  std::optional<codec_error> error_;
};

namespace detail {
/// Puts `member` or `[index]` in front of a path that was collected from the inside out.
void prepend_step(std::string& path, std::string_view member, std::size_t index);
}  // namespace detail

}  // namespace ensue
