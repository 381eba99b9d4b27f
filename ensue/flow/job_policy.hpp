#pragma once

#include <ensue/base/uuid.hpp>
#include <ensue/reliability/retry_policy.hpp>

#include <optional>
#include <string>

namespace ensue {

class dead_letters;

/// What holds for every job of a name. `{}` is a good default: 4 attempts, no time-out, the result
/// is kept for a day.
struct job_policy {
  retry_policy retry{};                              ///< `deadline`: since the first attempt began
  duration timeout = duration::max();                ///< of one attempt
  duration result_expires = std::chrono::hours{24};  ///< then it, and later the job, is forgotten
  bool dead_letter = true;  ///< one that fails for good goes to jobs_options::letters too

  /// One sentence about what is out of range or contradicts itself; none when all is well.
  std::optional<std::string> wrong() const;
};

struct jobs_options {
  std::string name = "jobs";  ///< of this worker: in leases, metrics, logs and dead letters
  unsigned workers = 4;       ///< handlers at work at once
  /// A job whose worker has not been heard of for `lease` is another's. While its handler runs the
  /// lease is extended each `heartbeat`; at least two must fit into it.
  duration lease = std::chrono::seconds{30};
  duration heartbeat = std::chrono::seconds{10};
  /// How often to look for jobs that somebody else enqueued; for its own it need not look.
  duration poll = std::chrono::seconds{1};
  duration store_max = std::chrono::seconds{5};  ///< no step of the store may take longer
  backoff store_retry{};                         ///< between tries to reach it
  dead_letters* letters = nullptr;  ///< outlives `run`; null: failed jobs are only listed

  std::optional<std::string> wrong() const;
};

/// About one job. All fields have working defaults.
struct enqueue_options {
  duration delay{};               ///< not begun before that
  std::optional<wall_time> at{};  ///< not begun before that time; or a delay, not both
  int priority = 0;               ///< higher first, -1000 to 1000; see job_table for the rule
  std::string unique_key{};       ///< with the name; while one is queued or running it is that one
  std::optional<duration> begin_within{};    ///< not begun by then: it expires
  std::optional<duration> result_expires{};  ///< in place of the policy's, as all below
  std::optional<unsigned> attempts{};
  std::optional<duration> timeout{};
  uuid id{};  ///< a derived one makes it safe to enqueue twice; nil: made

  std::optional<std::string> wrong() const;
};

}  // namespace ensue
