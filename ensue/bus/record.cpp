#include <ensue/bus/record.hpp>

namespace ensue {

record_pool::~record_pool() {
  ENSUE_ASSERT(live_ == 0, "an event outlived its bus");
  for (void* block : free_) deallocate(block);
}

void* record_pool::allocate() {
  if (free_.capacity() == 0) free_.reserve(64);
  return ::operator new(size_, std::align_val_t{align_});
}

void record_pool::deallocate(void* block) noexcept {
  ::operator delete(block, size_, std::align_val_t{align_});
}

void record_pool::keep_or_free(void* block) noexcept {
  if (free_.size() < kept_max) {
    try {
      free_.reserve(free_.size() * 2 + 64);
      free_.push_back(block);
      return;
    } catch (const std::bad_alloc&) {  // then it is not kept
    }
  }
  deallocate(block);
}

}  // namespace ensue
