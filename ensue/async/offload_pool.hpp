#pragma once

#include <ensue/async/runtime.hpp>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace ensue {

/// Bounded pool for blocking and CPU work beside the loop. Threads start with the first job and
/// never exceed the limit. `finished` is called on a pool thread for every job that ran.
/// Destruction waits for the running jobs; queued ones are dropped unrun.
class offload_pool {
 public:
  using finished_function = std::function<void(std::unique_ptr<offload_job>)>;
  offload_pool(std::size_t threads_max, std::size_t queue_max, finished_function finished);
  ~offload_pool();

  /// False, with `job` untouched, when `queue_max` jobs wait.
  [[nodiscard]] bool submit(std::unique_ptr<offload_job>& job);

 private:
  void work_loop();

  const std::size_t threads_max_, queue_max_;
  const finished_function finished_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<offload_job>> queue_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace ensue
