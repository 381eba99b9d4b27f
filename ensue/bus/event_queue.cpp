#include <ensue/bus/event_queue.hpp>

#include <algorithm>
#include <cstring>

namespace ensue {

// Finds the next piece of free entries; false: full.
bool event_queue::make_way() {
  if (size() >= capacity_) return false;
  if (tail_ - kept_ == count_) rebuild(std::max<std::size_t>(16, count_ * 2), stride_);
  const std::size_t begin = tail_ & (count_ - 1);
  const std::size_t run = std::min({capacity_ - size(), count_ - (tail_ - kept_), count_ - begin});
  next_ = block_.get() + begin * stride_;
  limit_ = next_ + run * stride_;
  return true;
}

void event_queue::widen(std::size_t size) {
  constexpr std::size_t unit = alignof(header);
  const std::size_t stride = sizeof(header) + (size + unit - 1) / unit * unit;
  if (stride <= stride_) return;
  if (count_ > 0) {
    rebuild(count_, stride);
  } else {
    stride_ = stride;
  }
}

void event_queue::rebuild(std::size_t count, std::size_t stride) {
  // As new makes it: aligned for every header, and not cleared.
  std::unique_ptr<std::byte[]> block{new std::byte[count * stride]};
  for (std::size_t i = head_; i != tail_; ++i)
    std::memcpy(block.get() + (i & (count - 1)) * stride, &at(i), stride_);
  if (readers_ > 0) retired_.push_back(std::move(block_));
  block_ = std::move(block);
  count_ = count;
  stride_ = stride;
  kept_ = head_;
  next_ = limit_ = nullptr;  // looked up anew
}

}  // namespace ensue
