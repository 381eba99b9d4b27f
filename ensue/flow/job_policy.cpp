#include <ensue/flow/job_policy.hpp>
#include <ensue/flow/job_table.hpp>
#include <ensue/reliability/wording.hpp>

#include <cstdlib>

namespace ensue {
namespace {

using complaint = std::optional<std::string>;

complaint positive(const char* name, duration d) {
  if (d > duration::zero()) return {};
  return std::string{name} + " is " + in_words(d) + "; it must be more than 0";
}

}  // namespace

complaint job_policy::wrong() const {
  if (complaint c = retry.wrong()) return c;
  if (complaint c = positive("timeout", timeout)) return c;
  if (complaint c = positive("result_expires", result_expires)) return c;
  retry_policy unbounded = retry;
  unbounded.deadline = duration::max();
  const bool bounded = timeout != duration::max();
  const duration span = bounded ? unbounded.span_max(timeout) : retry.waits_max();
  if (retry.attempts > 1 && span > retry.deadline)
    return "retry.attempts " + std::to_string(retry.attempts) +
           (bounded ? " x timeout " + in_words(timeout) : std::string{}) + " and waits of up to " +
           in_words(retry.waits_max()) + " (together " + in_words(span) +
           ") do not fit into retry.deadline " + in_words(retry.deadline);
  return {};
}

complaint jobs_options::wrong() const {
  if (workers < 1 || workers > 10'000)
    return "workers is " + std::to_string(workers) + "; it must be from 1 to 10000";
  if (complaint c = positive("heartbeat", heartbeat)) return c;
  if (complaint c = positive("poll", poll)) return c;
  if (complaint c = positive("store_max", store_max)) return c;
  if (lease / 2 < heartbeat)
    return "lease " + in_words(lease) + " does not outlast two heartbeats of " +
           in_words(heartbeat) + ": one that is late would lose the job of a worker that is well";
  if (lease <= store_max)
    return "lease " + in_words(lease) + " does not outlast store_max " + in_words(store_max) +
           ": it could end while the worker waits to extend it";
  return {};
}

complaint enqueue_options::wrong() const {
  const int most = job_table::priority_max;
  if (delay < duration::zero()) return "delay is " + in_words(delay) + "; it is not negative";
  if (at && delay != duration::zero())
    return "both at and delay " + in_words(delay) + " are given; when is it to begin?";
  if (std::abs(priority) > most)
    return "priority is " + std::to_string(priority) + "; it must be from -" +
           std::to_string(most) + " to " + std::to_string(most);
  if (begin_within && *begin_within <= delay)
    return "begin_within " + in_words(*begin_within) + " has passed when its delay of " +
           in_words(delay) + " ends: it could never begin";
  if (result_expires)
    if (complaint c = positive("result_expires", *result_expires)) return c;
  if (timeout)
    if (complaint c = positive("timeout", *timeout)) return c;
  if (attempts && (*attempts < 1 || *attempts > retry_policy::attempts_max))
    return "attempts is " + std::to_string(*attempts) + "; it must be from 1 to " +
           std::to_string(retry_policy::attempts_max);
  return {};
}

}  // namespace ensue
