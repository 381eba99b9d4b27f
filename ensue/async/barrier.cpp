#include <ensue/async/barrier.hpp>

namespace ensue {
namespace {

[[noreturn]] void throw_broken() {
  throw system_error{error_code{errc::closed}, "the barrier was reset or aborted"};
}

}  // namespace

barrier::barrier(runtime& rt, std::size_t parties, const char* name) noexcept
    : rt_{rt}, parties_{parties}, name_{name} {
  ENSUE_ASSERT(parties > 0, "a barrier for nobody");
}

barrier::~barrier() {
  ENSUE_ASSERT((filling_.empty() && outside_.empty()) || rt_.ending(),
               "a barrier died, coroutines wait at it");
}

task<std::size_t> barrier::wait() {
  co_await enter();
  ++inside_;
  // Whatever ends the wait, the place is left, and the last to leave opens the next round.
  struct leaver {
    barrier& b;
    ~leaver() { b.leave(); }
  } const leaving{*this};
  if (inside_ == parties_) {
    state_ = state::draining;
    places_given_ = 0;
    wake_all(filling_);
  } else {
    co_await wait_inside();
  }
  co_return places_given_++;
}

task<> barrier::enter() {
  while (state_ == state::draining || state_ == state::resetting)
    co_await wait_or_throw(outside_, rt_, name_);
  if (state_ == state::broken) throw_broken();
}

// A round that was reset or aborted after this one was woken but before it ran is lost as well.
task<> barrier::wait_inside() {
  const wait_status ended = co_await wait_in(filling_, rt_, name_);
  if (ended == wait_status::cancelled) throw_cancelled();
  if (state_ == state::resetting || state_ == state::broken) throw_broken();
}

void barrier::leave() noexcept {
  --inside_;
  if (inside_ > 0 || (state_ != state::draining && state_ != state::resetting)) return;
  state_ = state::filling;
  wake_all(outside_);
}

void barrier::reset() noexcept {
  if (inside_ > 0) {
    state_ = state::resetting;
    wake_all(filling_);
  } else {
    state_ = state::filling;
  }
}

void barrier::abort() noexcept {
  state_ = state::broken;
  wake_all(filling_);
  wake_all(outside_);
}

}  // namespace ensue
