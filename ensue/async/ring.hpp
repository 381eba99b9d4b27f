#pragma once

#include <cstddef>
#include <memory>
#include <utility>

namespace ensue {

/// FIFO and LIFO storage in one block that doubles when full and never shrinks: no allocation once
/// it has seen its largest load. Not bounded by itself. T must be movable.
template <class T>
class ring {
 public:
  ring() = default;
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;
  ~ring() {
    clear();
    if (block_) std::allocator<T>{}.deallocate(block_, room_);
  }

  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  T& front() noexcept { return block_[head_]; }
  T& back() noexcept { return at(size_ - 1); }

  template <class... Args>
  void emplace_back(Args&&... args) {
    if (size_ == room_) grow();
    std::construct_at(&at(size_), std::forward<Args>(args)...);
    ++size_;
  }
  T pop_front() {
    T value = std::move(front());
    std::destroy_at(&front());
    head_ = (head_ + 1) & (room_ - 1);
    --size_;
    return value;
  }
  T pop_back() {
    T value = std::move(back());
    std::destroy_at(&back());
    --size_;
    return value;
  }
  void clear() noexcept {
    for (std::size_t i = 0; i < size_; ++i) std::destroy_at(&at(i));
    size_ = head_ = 0;
  }

 private:
  T& at(std::size_t i) noexcept { return block_[(head_ + i) & (room_ - 1)]; }
  void grow() {
    const std::size_t room = room_ == 0 ? 8 : room_ * 2;
    T* block = std::allocator<T>{}.allocate(room);
    for (std::size_t i = 0; i < size_; ++i) {
      std::construct_at(block + i, std::move(at(i)));
      std::destroy_at(&at(i));
    }
    if (block_) std::allocator<T>{}.deallocate(block_, room_);
    block_ = block;
    room_ = room;
    head_ = 0;
  }

  T* block_ = nullptr;
  std::size_t room_ = 0;  // 0 or a power of two
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace ensue
