#include <ensue/base/duration_text.hpp>
#include <ensue/reliability/policy.hpp>

namespace ensue {
namespace {

using complaint = std::optional<std::string>;

complaint first_of_parts(const policy& p) {
  if (p.expire <= duration::zero()) return "expire " + text(p.expire) + " lets no event through";
  if (p.timeout <= duration::zero()) return "timeout " + text(p.timeout) + " lets no handler run";
  if (complaint c = p.dedupe.wrong()) return "dedupe: " + *c;
  if (complaint c = p.rate.wrong()) return "rate: " + *c;
  if (complaint c = p.rate_each.wrong()) return "rate_each: " + *c;
  if (complaint c = p.breaker.wrong()) return "breaker: " + *c;
  if (complaint c = p.retry.wrong()) return "retry: " + *c;
  if (complaint c = p.retry_budget.wrong()) return "retry_budget: " + *c;
  return {};
}

complaint misplaced(const policy& p, const policy_place& at) {
  if (at.batches && p.on())
    return "a handler of batches takes no policy yet: its events settle together";
  if (p.times_out() && !at.coroutine)
    return "timeout " + text(p.timeout) +
           " cannot stop a plain function: make the handler a coroutine, or leave it to the "
           "watchdog";
  if (p.rate_each.limited && !p.rate_key) return "rate_each needs a rate_key to tell events apart";
  if (at.once && p.retries())
    return "once ends with the first event it begins, so retry.attempts " +
           std::to_string(p.retry.attempts) + " could never be used";
  return {};
}

// The longest that all attempts and waits together may take, the retry's own deadline aside.
duration whole_span(const policy& p) {
  retry_policy unbounded = p.retry;
  unbounded.deadline = duration::max();
  return unbounded.span_max(p.timeout);
}

std::string span_text(const policy& p, duration span) {
  return "retry.attempts " + std::to_string(p.retry.attempts) + " x timeout " + text(p.timeout) +
         " and waits of up to " + text(p.retry.waits_max()) + " (together " + text(span) + ")";
}

complaint contradictory(const policy& p) {
  if (!p.retries()) return {};
  if (!p.dead_letter && !p.on_failure)
    return "after retry.attempts " + std::to_string(p.retry.attempts) +
           " nobody would get the event: leave dead_letter on, or set on_failure";
  const bool bounded = p.times_out();
  const duration span = bounded ? whole_span(p) : p.retry.waits_max();
  const std::string what =
      bounded ? span_text(p, span) : "retry waits of up to " + text(span) + " in all";
  if (span > p.retry.deadline)
    return what + " do not fit into retry.deadline " + text(p.retry.deadline);
  if (p.expire != duration::max() && p.retry.waits_max() > p.expire)
    return "retry waits of up to " + text(p.retry.waits_max()) + " in all outlast expire " +
           text(p.expire) + ": the last attempts could never begin";
  if (p.dedupe.on() && p.dedupe.window < span)
    return "dedupe.window " + text(p.dedupe.window) + " is shorter than what " + what +
           " may take: a copy could come after it is forgotten";
  if (p.breaks() && p.retry.deadline != duration::max() && p.breaker.open_for > p.retry.deadline)
    return "breaker.open_for " + text(p.breaker.open_for) + " outlasts retry.deadline " +
           text(p.retry.deadline) +
           ": an event that meets an open breaker could never be tried again";
  return {};
}

}  // namespace

std::optional<std::string> wrong(const policy& p, const policy_place& at) {
  if (complaint c = first_of_parts(p)) return c;
  if (complaint c = misplaced(p, at)) return c;
  return contradictory(p);
}

}  // namespace ensue
