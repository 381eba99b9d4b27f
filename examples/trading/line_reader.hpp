#pragma once

#include "byte_source.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace trading {

/// Cuts a byte_source into lines. A line ends with \n or \r\n, the last one may end with the file.
/// A line longer than `longest` is not kept: its first bytes are shown and the rest is passed over.
class line_reader {
 public:
  static constexpr std::size_t longest = 1 << 20;

  enum class status { line, too_long, starved };

  explicit line_reader(byte_source& source) : source_{source} {}

  /// The next line, valid until the next call of either function. `starved`: call `fill()`.
  status next(std::string_view& line);

  /// Reads the next block; may block. False when the source has ended and `next()` has given all.
  bool fill();

  std::int64_t lines() const noexcept { return lines_; }  ///< given so far
  std::int64_t bytes() const noexcept { return bytes_; }  ///< taken so far, unpacked
  /// Bytes of the file that the lines given so far took, packed as they are there.
  double position() const noexcept {
    const auto rest = static_cast<double>(block_.size());
    return source_.used(block_size_ == 0 ? 0 : rest / static_cast<double>(block_size_));
  }

 private:
  status give(std::string_view whole, std::string_view& line);
  void carry(std::string_view piece);

  byte_source& source_;
  std::string_view block_;
  std::size_t block_size_ = 0;
  std::string carried_;  // the beginning of a line whose end is not here yet
  bool given_ = false;   // carried_ is the line given last: drop it
  bool ended_ = false;
  std::int64_t lines_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace trading
