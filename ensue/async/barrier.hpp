#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>

#include <cstddef>

namespace ensue {

/// Lets `parties` coroutines through together, round after round.
///
/// A round drains before the next one fills: who comes while others still leave waits outside.
/// `reset` throws errc::closed in those inside and starts anew; `abort` does so to everybody, also
/// later ones, until a `reset`.
/// Lifetime: must outlive its waiters. Threads: loop thread.
class barrier {
 public:
  barrier(runtime& rt, std::size_t parties, const char* name = "barrier") noexcept;
  barrier(const barrier&) = delete;
  barrier& operator=(const barrier&) = delete;
  ~barrier();

  /// The place in this round, 0 … parties - 1, each given once, in the order they go on.
  /// Cancellation: ends the wait by throwing; the place is free again.
  /// Errors: errc::closed thrown: reset or aborted; may try again after a reset.
  task<std::size_t> wait();
  void reset() noexcept;
  void abort() noexcept;

  std::size_t parties() const noexcept { return parties_; }
  /// Those that wait in the filling round.
  std::size_t waiting() const noexcept { return state_ == state::filling ? inside_ : 0; }
  bool broken() const noexcept { return state_ == state::broken; }

 private:
  enum class state : std::uint8_t { filling, draining, resetting, broken };
  task<> enter();
  task<> wait_inside();
  void leave() noexcept;

  runtime& rt_;
  const std::size_t parties_;
  const char* name_;
  std::size_t inside_ = 0;
  std::size_t places_given_ = 0;
  state state_ = state::filling;
  work_list filling_, outside_;
};

}  // namespace ensue
