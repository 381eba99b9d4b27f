#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/transport/delivery.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace ensue {

/// What a member of a group holds: deliveries that came from the server, given out so that those of
/// different keys run beside each other and those of one key one after the other. The part that all
/// consumers share: no I/O, no timer; told the time.
///
/// A delivery is waiting (in its lane), out (with a token and a lease), or settling (the server is
/// being told). Its lane moves on when the server knows. What is retried here keeps its lane shut.
///
/// Limits:  `prefetch` deliveries of all three kinds; the settled are remembered for as many more.
/// Threads: loop thread. Cost: O(log n) each.
class delivery_lanes {
 public:
  struct options {
    std::size_t prefetch = 64;
    duration lease = std::chrono::seconds{30};
  };
  /// What came from the server.
  struct arrival {
    cloud_event event;
    std::string position{};
    std::uint64_t handle = 0;  ///< the transport's own: what to name when the server is told
    unsigned attempt = 1;
    bool maybe_again = false;
  };

  explicit delivery_lanes(options o) noexcept : options_{o} {}

  /// How many more may arrive.
  std::size_t room() const noexcept {
    return options_.prefetch - std::min(options_.prefetch, size_);
  }
  std::size_t size() const noexcept { return size_; }
  std::size_t out() const noexcept { return out_.size(); }

  /// Given out under this token, and neither settled nor fenced.
  bool is_out(std::uint64_t token) const noexcept { return out_.contains(token); }

  /// What is out under this token; null: nothing is.
  const arrival* at(std::uint64_t token) const noexcept;
  /// The tokens that are out, oldest first.
  std::vector<std::uint64_t> tokens_out() const;

  /// In the order of the server's log. Not more than `room()`.
  void arrive(arrival a);

  /// The next delivery that may run now; none: all lanes are shut.
  std::optional<delivery> take(time_point now);
  /// When `take` may have something that it has not now, as far as time decides; else never.
  time_point next_due() const noexcept;

  /// Begins to settle: the arrival to tell the server about. Until `settled` its lane stays shut.
  /// errc::expired, errc::exists, errc::not_found as `consumer::settle`; errc::empty: settled in
  /// this very way already, there is nothing to do.
  result<const arrival*> settle(std::uint64_t token, settlement::kind how, time_point now);
  /// The server knows: the lane moves on.
  void settled(std::uint64_t token);
  /// The server could not be told: out again, as it was.
  void not_settled(std::uint64_t token);
  /// Instead of `settled`, where the server keeps no time: it comes again from here, not before
  /// `when`, as the next attempt; its lane stays shut until then.
  void retry_here(std::uint64_t token, time_point when) { again(token, when, end::retried); }

  /// Begins its lease anew. Errors: as `settle`.
  result<const arrival*> extend(std::uint64_t token, time_point now);

  /// The tokens whose lease is over, oldest first.
  std::vector<std::uint64_t> overdue(time_point now) const;
  /// The next moment at which a lease may be over; never: nothing is out.
  time_point next_overdue() const noexcept;
  /// Fences it: gone from here, its lane moves on, somebody else will have it.
  arrival fence(std::uint64_t token);
  /// Fences it, and gives it out again from here as the next attempt; its lane stays shut.
  void requeue(std::uint64_t token, time_point now);

  /// Lets go of what was not given out, e.g. on `stop`: the server should have it back.
  std::vector<arrival> take_waiting();
  /// The connection is gone: all is fenced and forgotten, the server will give it again.
  void forget_all();

 private:
  struct lane {
    bool shut = false;
    std::deque<arrival> waiting;
  };
  enum class state : std::uint8_t { out, settling };
  struct held {
    arrival what;
    std::string key;
    state is = state::out;
    settlement::kind how{};
    time_point until{};
  };
  enum class end : std::uint8_t { acked, retried, dead, fenced };
  using lanes = std::unordered_map<std::string, lane>;

  static end as_end(settlement::kind how) noexcept;
  void open_lane(const std::string& key);
  void offer(const std::string& key, lane& l);
  void remember(std::uint64_t token, end how);
  result<held*> find(std::uint64_t token, time_point now);
  arrival drop(std::uint64_t token, end how);
  void again(std::uint64_t token, time_point when, end how);

  options options_;
  std::size_t size_ = 0;
  std::uint64_t last_token_ = 0;
  std::deque<arrival> ready_;  // one of each open lane, and those without a key
  lanes lanes_;                // of the keys that are shut or have something waiting
  std::map<std::uint64_t, held> out_;
  std::multimap<time_point, arrival> later_;  // retried here
  std::unordered_map<std::uint64_t, end> ended_;
  std::deque<std::uint64_t> ended_by_age_;
};

/// The order in which settled positions of a log may be given up: the end of the prefix that is
/// settled without a gap. For transports that know a cursor and no single acknowledgement.
class watermark {
 public:
  /// `position` was handed out; they rise.
  void begin(std::uint64_t position) { open_.emplace(position, false); }
  void settle(std::uint64_t position);
  /// The last position of the settled prefix, once for each change; none: it did not move.
  std::optional<std::uint64_t> advance();
  std::size_t open() const noexcept { return open_.size(); }

 private:
  std::map<std::uint64_t, bool> open_;  // settled?
};

}  // namespace ensue
