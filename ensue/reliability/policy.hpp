#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/reliability/breaker_policy.hpp>
#include <ensue/reliability/dedupe_policy.hpp>
#include <ensue/reliability/retry_budget.hpp>
#include <ensue/reliability/retry_policy.hpp>
#include <ensue/reliability/token_bucket.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace ensue {

class dedupe_store;
struct dead_letter;
struct event_type_info;

/// What stands between a subscription's queue and its handler, and what becomes of its failures.
/// One order, from the outside in, whatever the order of the fields:
///
///     expire -> dedupe -> retry ( rate -> concurrency, key -> breaker -> timeout -> handler )
///         -> dead letter -> on_failure
///
/// Why each stands where it does: docs/reliability.md.
struct policy {
  duration expire = duration::max();  ///< an event that has waited longer is not begun
  dedupe_policy dedupe = dedupe_policy::none();
  dedupe_store* dedupe_in = nullptr;  ///< outlives the subscription; null: in memory
  rate_policy rate = rate_policy::none();
  rate_policy rate_each = rate_policy::none();  ///< of each `rate_key`, fair between them
  std::function<std::uint64_t(const void* event, const event_type_info& type)> rate_key{};
  breaker_policy breaker = breaker_policy::none();
  retry_policy retry = retry_policy::none();
  retry_budget_policy retry_budget{};
  duration timeout = duration::max();  ///< of one attempt; cancels it, its clean-up is waited for
  bool dead_letter = true;             ///< keep what fails for good
  std::function<void(const ensue::dead_letter&)> on_failure{};  ///< after that; may throw

  bool retries() const noexcept { return retry.attempts > 1; }
  bool breaks() const noexcept { return breaker.mode != breaker_mode::off; }
  bool times_out() const noexcept { return timeout != duration::max(); }
  /// False: nothing but what every subscription has; it pays nothing.
  bool on() const noexcept {
    return expire != duration::max() || dedupe.on() || rate.limited || rate_each.limited ||
           breaks() || retries() || times_out();
  }
};

/// Where a policy is put.
struct policy_place {
  bool coroutine = true;  ///< what handles the events can be cancelled
  bool batches = false;
  bool once = false;
};

/// What is wrong with `p` there, in one sentence that names the fields and their values: a part
/// out of its range, or two parts that contradict each other. None when all is well.
std::optional<std::string> wrong(const policy& p, const policy_place& at);

}  // namespace ensue
