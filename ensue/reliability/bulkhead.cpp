#include <ensue/reliability/bulkhead.hpp>

#include <limits>

namespace ensue {
namespace {

std::size_t places_of(const bulkhead_policy& p) noexcept {
  return p.limited ? p.concurrency : std::numeric_limits<std::size_t>::max();
}

}  // namespace

std::optional<std::string> bulkhead_policy::wrong() const {
  if (limited && concurrency < 1)
    return "bulkhead.concurrency is 0; at least 1 is needed (for no limit: "
           "bulkhead_policy::none())";
  return std::nullopt;
}

bulkhead::bulkhead(runtime& rt, bulkhead_policy policy, const char* name)
    : policy_{policy}, name_{name}, places_{rt, places_of(policy), name} {
  ENSUE_ASSERT(!policy.wrong(), "the policy is wrong");
}

std::size_t bulkhead::at_work() const noexcept { return places_of(policy_) - places_.free(); }

result<permit> bulkhead::try_acquire() noexcept {
  auto place = places_.try_acquire();
  if (place) return place;
  ++refused_;
  return errc::full;
}

task<permit> bulkhead::acquire() {
  if (places_.free() == 0 && places_.waiting() >= policy_.waiting_max) {
    ++refused_;
    throw system_error{errc::full, name_};
  }
  co_return co_await places_.acquire();
}

}  // namespace ensue
