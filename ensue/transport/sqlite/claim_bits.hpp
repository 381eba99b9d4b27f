#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ensue::sqlite {

/// Which positions of a claimed range are settled: a bit each, in bytes as they lie in a row.
class claim_bits {
 public:
  /// All of `first` to `last` are settled but those that are opened.
  claim_bits(std::uint64_t first, std::uint64_t last)
      : first_{first}, last_{last}, bytes_((last - first) / 8 + 1, static_cast<char>(0xff)) {}
  /// As it lay in a row; what is missing counts as settled.
  claim_bits(std::uint64_t first, std::uint64_t last, std::string_view bytes)
      : claim_bits{first, last} {
    bytes_.replace(0, bytes.size() < bytes_.size() ? bytes.size() : bytes_.size(), bytes, 0,
                   bytes_.size());
  }

  bool holds(std::uint64_t position) const noexcept {
    return position >= first_ && position <= last_;
  }
  bool open(std::uint64_t position) const noexcept {
    return holds(position) && (byte(position) & mask(position)) == 0;
  }
  void set_open(std::uint64_t position) noexcept {
    char& b = bytes_[(position - first_) / 8];
    b = static_cast<char>(static_cast<unsigned char>(b) & ~mask(position));
  }
  void settle(std::uint64_t position) noexcept {
    char& b = bytes_[(position - first_) / 8];
    b = static_cast<char>(static_cast<unsigned char>(b) | mask(position));
  }
  bool all_settled() const noexcept {
    return bytes_.find_first_not_of(static_cast<char>(0xff)) == std::string::npos;
  }
  template <class Each>
  void for_each_open(const Each& each) const {
    for (std::uint64_t p = first_; p <= last_; ++p)
      if (open(p)) each(p);
  }
  std::uint64_t first() const noexcept { return first_; }
  std::uint64_t last() const noexcept { return last_; }
  const std::string& bytes() const noexcept { return bytes_; }

 private:
  unsigned char byte(std::uint64_t position) const noexcept {
    return static_cast<unsigned char>(bytes_[(position - first_) / 8]);
  }
  unsigned char mask(std::uint64_t position) const noexcept {
    return static_cast<unsigned char>(1U << ((position - first_) % 8));
  }
  std::uint64_t first_, last_;
  std::string bytes_;
};

}  // namespace ensue::sqlite
