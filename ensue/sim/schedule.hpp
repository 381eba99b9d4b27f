#pragma once

#include <ensue/async/work.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/base/random.hpp>
#include <ensue/sim/options.hpp>

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace ensue::sim {

/// What is ready, and which of it runs next. Work stands in lanes: a strand has one, work without
/// a strand gets one of its own for each time it is scheduled. The next lane is drawn at random.
///
/// Work may be destroyed while it stands here; its lane is then found empty and skipped.
/// Cost: O(1) per push and take, no allocation once the lanes have grown.
class schedule {
 public:
  explicit schedule(const options& o);

  struct taken {
    work* what = nullptr;
    std::uint32_t owner = 0;
    std::uint32_t lane = 0;
  };

  /// `owner`: which host's work this is.
  void push(work& w, std::uint32_t owner);
  /// As push, but the strand starts no earlier than `when` if it was idle.
  void push_later(work& w, std::uint32_t owner, time_point when);
  /// The next work to run, unlinked; `what` is null when nothing is ready at `now`.
  taken take(time_point now);
  /// Holds back all work of `owner` until then; a time in the past lets it go.
  void pause(std::uint32_t owner, time_point until);
  /// Puts back the lanes whose stall is over.
  void end_stalls(time_point now);
  time_point next_stall_end() const noexcept {
    return stalls_.empty() ? never : stalls_.front().when;
  }
  bool empty() const noexcept { return ready_.size() == head_; }
  std::size_t ready_lanes() const noexcept { return ready_.size() - head_; }
  /// Unlinks all work of `owner`.
  void drop(std::uint32_t owner) noexcept;

 private:
  enum class state : std::uint8_t { idle, ready, stalled };
  struct lane {
    work_list works;
    std::uint32_t owner = 0;
    std::uint32_t id = 0;
    bool one_shot = true;
    state at = state::idle;
  };
  struct stall {
    time_point when;
    std::uint64_t sequence;
    lane* held;
    friend bool operator>(const stall& a, const stall& b) noexcept {
      return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
  };

  lane& lane_for(const work& w, std::uint32_t owner);
  lane& fresh_lane(std::uint32_t owner);
  void make_ready(lane& l);
  void hold(lane& l, time_point until);
  std::size_t pick();
  time_point paused_until(std::uint32_t owner) const noexcept;
  void remove_ready(std::size_t i);
  void retire(lane& l);

  order order_;
  unsigned stall_permille_;
  duration stall_max_;
  random_stream draw_;
  std::deque<lane> lanes_;  // stable addresses
  std::vector<lane*> free_;
  std::vector<lane*> ready_;  // from head_ on; only fifo order moves head_
  std::size_t head_ = 0;
  std::vector<stall> stalls_;  // a heap, earliest first
  std::uint64_t stall_sequence_ = 0;
  std::vector<time_point> paused_;                    // by owner; empty as long as nobody is
  std::unordered_map<std::uint64_t, lane*> strands_;  // looked up only, never walked
};

}  // namespace ensue::sim
