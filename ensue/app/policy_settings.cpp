// The policy of a subscription as configuration has it: what is named there takes the place of
// what the code said.
#include <ensue/app/settings.hpp>

#include <memory>

namespace ensue {

namespace {

constexpr const char* knobs[] = {
    "expire",           "timeout",      "dead_letter",       "dedupe_window",  "dedupe_entries",
    "rate_count",       "rate_per",     "rate_burst",        "retry_attempts", "retry_base",
    "retry_cap",        "retry_factor", "retry_deadline",    "retry_hold_max", "breaker_mode",
    "breaker_failures", "breaker_rate", "breaker_calls_min", "breaker_window", "breaker_open_for"};

constexpr std::uint32_t many = 1'000'000'000;

// Off unless the code or a key turns it on.
void read_breaker(breaker_policy& o, const std::string& at, config& c) {
  const std::string mode = at + "breaker_mode";
  const auto before = static_cast<std::size_t>(o.mode);
  o.mode = static_cast<breaker_mode>(c.one_of(mode, before, {"off", "consecutive", "rate"}));
  o.failures = c.get_between(at + "breaker_failures", o.failures, 1U, many);
  o.failure_rate = c.get(at + "breaker_rate", o.failure_rate);
  o.calls_min = c.get_between(at + "breaker_calls_min", o.calls_min, 1U, many);
  o.window = c.get(at + "breaker_window", o.window);
  o.open_for = c.get(at + "breaker_open_for", o.open_for);
  const bool silent = o.mode == breaker_mode::off && !c.has(mode);
  if (silent && c.has(at + "breaker_failures")) o.mode = breaker_mode::consecutive;
  if (silent && c.has(at + "breaker_rate")) o.mode = breaker_mode::rate;
}

void read_retry(retry_policy& o, const std::string& at, config& c) {
  o.attempts = c.get_between(at + "retry_attempts", o.attempts, 1U, retry_policy::attempts_max);
  o.base = c.get(at + "retry_base", o.base);
  o.cap = c.get(at + "retry_cap", o.cap);
  o.factor = c.get(at + "retry_factor", o.factor);
  o.deadline = c.get(at + "retry_deadline", o.deadline);
  o.hold_max = c.get(at + "retry_hold_max", o.hold_max);
}

void read_rate(rate_policy& o, const std::string& at, config& c) {
  o.limited = o.limited || c.has(at + "rate_count");
  o.count = c.get_between<std::uint32_t>(at + "rate_count", o.count, 0, many);
  o.per = c.get(at + "rate_per", o.per);
  o.burst = c.get_between<std::uint32_t>(at + "rate_burst", o.burst, 0, many);
}

}  // namespace

const std::vector<std::string>& policy_knobs() {
  static const std::vector<std::string> all{std::begin(knobs), std::end(knobs)};
  return all;
}

void configure(policy& p, const std::string& at, config& c) {
  p.expire = c.get(at + "expire", p.expire);
  p.timeout = c.get(at + "timeout", p.timeout);
  p.dead_letter = c.get(at + "dead_letter", p.dead_letter);
  p.dedupe.window = c.get(at + "dedupe_window", p.dedupe.window);
  p.dedupe.entries_max = c.get_between<std::size_t>(at + "dedupe_entries", p.dedupe.entries_max, 1,
                                                    std::size_t{1} << 40);
  read_rate(p.rate, at, c);
  read_retry(p.retry, at, c);
  read_breaker(p.breaker, at, c);
}

}  // namespace ensue
