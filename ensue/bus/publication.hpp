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
  /// `lost`: dropped, but not because somebody wanted it so; who keeps the event offers it again.
  void end(failure* failed, bool lost) {
    if (failed) failures_.push_back(std::move(*failed));
    lost_ += lost;
    if (--pending_ != 0) return;
    if (orphan_) [[unlikely]]
      delete this;
    else
      wake_all(done_);
  }
  void note_lost() noexcept { ++lost_; }
  bool settled() const noexcept { return pending_ == 0; }
  bool lost() const noexcept { return lost_ != 0; }
  std::vector<failure>& failures() noexcept { return failures_; }

  /// Where `collect` wants results of type `result_type` (an address unique to the type).
  const void* result_type = nullptr;
  /// What the handlers publish on a route belongs to it: it has settled when that is accepted.
  bool holds_outputs = false;
  void (*add_result)(void* results, void* value) = nullptr;
  void* results = nullptr;

  runtime& owner() const noexcept { return rt_; }
  work_list& waiters() noexcept { return done_; }

 private:
  friend class followed;
  runtime& rt_;
  std::uint32_t pending_ = 0;
  std::uint32_t lost_ = 0;
  bool orphan_ = false;
  std::vector<failure> failures_;
  work_list done_;
};

/// A publication that more than one event settles: it stays until the last of them has, although
/// who waits for it goes.
class followed {
 public:
  explicit followed(runtime& rt) : of_{new publication{rt}} { of_->holds_outputs = true; }
  followed(const followed&) = delete;
  followed& operator=(const followed&) = delete;
  ~followed() {
    if (of_->settled())
      delete of_;
    else
      of_->orphan_ = true;
  }
  publication& operator*() const noexcept { return *of_; }
  publication* operator->() const noexcept { return of_; }

 private:
  publication* of_;
};

}  // namespace ensue
