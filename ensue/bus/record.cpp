#include <ensue/bus/record.hpp>

namespace ensue {

record_pool::~record_pool() {
  ENSUE_ASSERT(live() == 0, "an event outlived its bus");
  while (free_) deallocate(std::exchange(free_, free_->next_free));
}

void* record_pool::allocate() {
  void* block = ::operator new(size_, std::align_val_t{align_});
  ++blocks_;
  return block;
}

void record_pool::deallocate(record* r) noexcept {
  --blocks_;
  r->~record();
  ::operator delete(static_cast<void*>(r), size_, std::align_val_t{align_});
}

}  // namespace ensue
