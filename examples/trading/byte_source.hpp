#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace trading {

/// The bytes of a file or of standard input, block by block; gzip is recognised by its first two
/// bytes, whatever the name, and unpacked on the way (several members in a row too). Memory is
/// two blocks, whatever the size of the file. `read()` blocks; one caller at a time, any thread.
class byte_source {
 public:
  static constexpr std::size_t block_size = 256 * 1024;

  /// A path, or "-" for standard input. On failure `error()` is set and `read()` yields nothing.
  explicit byte_source(const std::string& path);
  /// Takes over an open descriptor.
  explicit byte_source(int descriptor);
  ~byte_source();
  byte_source(const byte_source&) = delete;
  byte_source& operator=(const byte_source&) = delete;

  /// The next block, valid until the next call; empty at the end or after an error. What came
  /// before an error is good.
  std::string_view read();

  /// From any thread: ends the source as if the input had ended there, also a `read()` that waits
  /// for a slow pipe right now. No error. Files end with the block in hand.
  void interrupt() noexcept;

  /// Empty, or what went wrong: cannot open, read error, damaged or truncated gzip.
  const std::string& error() const noexcept { return error_; }
  bool interrupted() const noexcept { return interrupted_.load(); }
  bool compressed() const noexcept { return unpacker_ != nullptr; }
  std::int64_t position() const noexcept { return position_; }  ///< bytes taken from the file
  std::int64_t size() const noexcept { return size_; }          ///< of the file; 0 when unknown
  /// As `position()`, but of what was used when `rest` of the last block, 0 to 1, is still to come.
  double used(double rest) const noexcept;

 private:
  struct unpacker;

  bool fill();
  bool wait_for_input();
  std::int64_t unpacked_to() const noexcept;
  std::string_view unpack();
  bool next_member();
  std::string_view fail(std::string why);

  int descriptor_ = -1;
  int wake_ = -1;  // an eventfd, for what is no file
  std::atomic<bool> interrupted_{false};
  bool started_ = false;
  bool ended_ = false;
  std::int64_t position_ = 0;
  std::int64_t block_began_ = 0;  // where in the file the last block began
  std::int64_t size_ = 0;
  std::vector<char> input_;
  std::string_view available_;  // of input_, not yet unpacked
  std::unique_ptr<unpacker> unpacker_;
  std::string error_;
};

}  // namespace trading
