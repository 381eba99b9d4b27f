#pragma once

#include <ensue/event/json_text.hpp>

#include <boost/json/fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ensue {

struct decode_options {
  json_limits limits{};
  /// A member the type does not have: passed over, so that producers may add some; or refused.
  enum class unknown_members { ignore, refuse } unknown = unknown_members::ignore;
  /// A member the text does not have: keeps the value its initialiser gives, so that consumers may
  /// be newer; or refused. Never asked of optionals: absent means nullopt.
  enum class missing_members { keep_default, refuse } missing = missing_members::keep_default;
};

/// Reads values out of a parsed document, remembering where it is for the error. Every call that
/// returns false has recorded the error; the caller returns false as well. What rules for user
/// types read with; a value is a `const boost::json::value&`, needed in full only by its author.
class json_reader {
 public:
  using value = boost::json::value;

  explicit json_reader(const decode_options& options) noexcept : options_{options} {}
  json_reader(const json_reader&) = delete;
  json_reader& operator=(const json_reader&) = delete;

  const decode_options& options() const noexcept { return options_; }

  bool null(const value& v) const noexcept;  ///< asks only, records nothing
  bool boolean(const value& v, bool& out);
  /// A number written 5.0 or 5e0 counts as the integer 5, as in JSON Schema.
  bool integer(const value& v, std::int64_t least, std::int64_t most, std::int64_t& out);
  bool integer(const value& v, std::uint64_t most, std::uint64_t& out);
  bool number(const value& v, double& out);
  bool string(const value& v, std::string_view& out);  ///< borrowed from the document
  bool array(const value& v, std::size_t& size);
  bool object(const value& v, std::size_t& size);

  static const value& element(const value& array, std::size_t i) noexcept;
  static std::string_view key(const value& object, std::size_t i) noexcept;
  static const value& member(const value& object, std::size_t i) noexcept;
  static const value* member(const value& object, std::string_view key) noexcept;

  /// Where the values read next are, for as long as it lives.
  class at {
   public:
    at(json_reader& reader, std::string_view member) noexcept;
    at(json_reader& reader, std::size_t index) noexcept;
    ~at() { reader_.top_ = up_; }
    at(const at&) = delete;
    at& operator=(const at&) = delete;

   private:
    friend class json_reader;
    json_reader& reader_;
    const at* up_;
    std::string_view member_;
    std::size_t index_;
  };

  /// Records `expected …, got …` for the place the reader is at; returns false.
  bool expected(std::string_view what, const value& got);
  /// As above, with words of your own.
  bool fail(std::string message);

  codec_error take_error() noexcept;

 private:
  decode_options options_;
  const at* top_ = nullptr;
  std::optional<codec_error> error_;
};

}  // namespace ensue
