#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/bus/lane.hpp>

#include <memory>
#include <vector>

namespace ensue {

/// The loop's end of all lanes of one bus. Owned by the dispatcher; loop thread only.
class inbox_hub final : public poller {
 public:
  explicit inbox_hub(dispatcher& d);
  ~inbox_hub() override;

  std::shared_ptr<loop_attention> add(std::shared_ptr<lane_base> lane);
  bool poll() override;
  void announce_sleep(bool asleep) noexcept override {
    attention_->asleep.store(asleep, std::memory_order_relaxed);
  }
  /// No event is taken any more; producers are told. Returns how many were left in the lanes.
  std::size_t close();

 private:
  dispatcher& dispatcher_;
  std::shared_ptr<loop_attention> attention_;
  std::vector<std::shared_ptr<lane_base>> lanes_;
};

}  // namespace ensue
