#include <ensue/bus/record.hpp>

namespace ensue {

record_pool::~record_pool() {
  ENSUE_ASSERT(live_ == 0, "an event outlived its bus");
  while (free_) deallocate(std::exchange(free_, free_->next_free));
}

void* record_pool::allocate() { return ::operator new(size_, std::align_val_t{align_}); }

void record_pool::deallocate(record* r) noexcept {
  r->~record();
  ::operator delete(static_cast<void*>(r), size_, std::align_val_t{align_});
}

}  // namespace ensue
