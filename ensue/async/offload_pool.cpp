#include <ensue/async/offload_pool.hpp>

#include <utility>

namespace ensue {

offload_pool::offload_pool(std::size_t threads_max, std::size_t queue_max,
                           finished_function finished)
    : threads_max_{threads_max}, queue_max_{queue_max}, finished_{std::move(finished)} {}

offload_pool::~offload_pool() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& t : threads_) t.join();
}

bool offload_pool::submit(std::unique_ptr<offload_job>& job) {
  {
    const std::lock_guard lock{mutex_};
    if (queue_.size() >= queue_max_) return false;
    queue_.push_back(std::move(job));
    if (queue_.size() > idle_ && threads_.size() < threads_max_)
      threads_.emplace_back([this] { work_loop(); });
  }
  changed_.notify_one();
  return true;
}

void offload_pool::work_loop() {
  std::unique_lock lock{mutex_};
  for (;;) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (stopping_) return;
    std::unique_ptr<offload_job> job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    job->run();
    finished_(std::move(job));
    lock.lock();
  }
}

}  // namespace ensue
