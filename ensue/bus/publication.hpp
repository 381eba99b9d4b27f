#pragma once

#include <ensue/async/wait.hpp>
#include <ensue/bus/failure.hpp>

#include <cstdint>
#include <vector>

namespace ensue {

/// Somebody waits until every handler of one event has settled. Owned by the waiting `publish`;
/// when that goes first it detaches, and late settlements find nobody. Loop thread only.
class publication {
 public:
  explicit publication(runtime& rt) noexcept : rt_{rt} {}

  void begin() noexcept { ++pending_; }
  void end(failure* failed) {
    if (failed) failures_.push_back(std::move(*failed));
    if (--pending_ == 0) wake_all(done_);
  }
  bool settled() const noexcept { return pending_ == 0; }
  std::vector<failure>& failures() noexcept { return failures_; }

  /// Where `collect` wants results of type `result_type` (an address unique to the type).
  const void* result_type = nullptr;
  void (*add_result)(void* results, void* value) = nullptr;
  void* results = nullptr;

  runtime& owner() const noexcept { return rt_; }
  work_list& waiters() noexcept { return done_; }

 private:
  runtime& rt_;
  std::uint32_t pending_ = 0;
  std::vector<failure> failures_;
  work_list done_;
};

}  // namespace ensue
