#include "line_reader.hpp"

#include <algorithm>
#include <cstring>

namespace trading {

line_reader::status line_reader::give(std::string_view whole, std::string_view& line) {
  ++lines_;
  if (whole.ends_with('\r')) whole.remove_suffix(1);
  line = whole.substr(0, longest);
  return whole.size() > longest ? status::too_long : status::line;
}

void line_reader::carry(std::string_view piece) {
  const std::size_t room = longest + 2 - carried_.size();  // one byte more than fits, and a \r
  carried_.append(piece.substr(0, room));
}

line_reader::status line_reader::next(std::string_view& line) {
  if (given_) carried_.clear();
  given_ = false;
  const auto* const newline =
      block_.empty() ? nullptr
                     : static_cast<const char*>(std::memchr(block_.data(), '\n', block_.size()));
  if (newline) {
    const auto length = static_cast<std::size_t>(newline - block_.data());
    const std::string_view piece = block_.substr(0, length);
    block_.remove_prefix(length + 1);
    if (carried_.empty()) return give(piece, line);
    carry(piece);
    given_ = true;
    return give(carried_, line);
  }
  carry(block_);
  block_ = {};
  if (!ended_ || carried_.empty()) return status::starved;
  given_ = true;
  return give(carried_, line);
}

bool line_reader::fill() {
  if (ended_) return false;
  block_ = source_.read();
  block_size_ = block_.size();
  bytes_ += static_cast<std::int64_t>(block_.size());
  ended_ = block_.empty();
  return !ended_ || !carried_.empty();
}

}  // namespace trading
