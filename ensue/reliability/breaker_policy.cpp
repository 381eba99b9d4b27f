#include <ensue/reliability/breaker_policy.hpp>
#include <ensue/reliability/wording.hpp>

#include <cmath>

namespace ensue {
namespace {

std::optional<std::string> wrong_trigger(const breaker_policy& p) {
  if (p.mode == breaker_mode::consecutive && p.failures < 1)
    return "breaker.failures is 0; at least 1 is needed (for none: breaker_policy::none())";
  if (p.mode != breaker_mode::rate) return std::nullopt;
  if (!(p.failure_rate > 0 && p.failure_rate <= 1))
    return "breaker.failure_rate is " + in_words(p.failure_rate) +
           "; it is a share: more than 0 and at most 1";
  if (p.calls_min < 1) return "breaker.calls_min is 0; at least 1 is needed";
  if (p.window < std::chrono::milliseconds{10})
    return "breaker.window is " + in_words(p.window) + "; it must be at least 10 ms";
  return std::nullopt;
}

}  // namespace

std::optional<std::string> breaker_policy::wrong() const {
  if (mode == breaker_mode::off) return std::nullopt;
  if (auto sentence = wrong_trigger(*this)) return sentence;
  if (open_for <= duration::zero())
    return "breaker.open_for is " + in_words(open_for) + "; it must be more than 0";
  if (!(growth >= 1) || !std::isfinite(growth))
    return "breaker.growth is " + in_words(growth) + "; it must be at least 1";
  if (growth > 1 && open_max < open_for)
    return "breaker.open_max is " + in_words(open_max) +
           "; it must not be less than breaker.open_for, " + in_words(open_for);
  if (half_open_max < 1) return "breaker.half_open_max is 0; at least 1 probe is needed";
  if (successes < 1) return "breaker.successes is 0; at least 1 is needed";
  return std::nullopt;
}

}  // namespace ensue
