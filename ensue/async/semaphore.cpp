#include <ensue/async/semaphore.hpp>

namespace ensue {

result<> permit::release() noexcept {
  semaphore* from = std::exchange(from_, nullptr);
  if (!from) return errc::invalid;
  from->give_back();
  return {};
}

// A place that is free while somebody waits does not exist: it is handed over here.
void semaphore::give_back() noexcept {
  if (!wake_one(waiting_)) ++free_;
}

result<permit> semaphore::try_acquire() noexcept {
  if (free_ == 0) return errc::empty;
  --free_;
  return permit{*this};
}

task<permit> semaphore::acquire() {
  if (free_ > 0) {
    --free_;
  } else {
    co_await wait_or_throw(waiting_, rt_, name_);
  }
  co_return permit{*this};
}

task<permit> semaphore::acquire_firmly() {
  if (free_ > 0) {
    --free_;
  } else {
    co_await wait_firmly(waiting_, rt_, name_);
  }
  co_return permit{*this};
}

}  // namespace ensue
