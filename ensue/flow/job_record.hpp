#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/result.hpp>
#include <ensue/base/uuid.hpp>
#include <ensue/event/json.hpp>
#include <ensue/reliability/dead_letter.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

enum class job_state : std::uint8_t {
  queued,     ///< may be begun now
  scheduled,  ///< waits for its time: asked to begin later, or for its next attempt
  running,    ///< a worker holds it under a lease
  done,
  failed,
  cancelled,
  expired,  ///< not begun in time; or it had ended and its result was kept as long as asked
};
BOOST_DESCRIBE_ENUM(job_state, queued, scheduled, running, done, failed, cancelled, expired)

constexpr bool has_ended(job_state s) noexcept { return s >= job_state::done; }

/// A job as it is kept and shown. Times are those of its store's clock.
struct job_record {
  uuid id;
  std::uint64_t number = 0;  ///< 1, 2, 3 … in the order they were enqueued
  std::string name;
  std::string args;  ///< JSON; empty once it is done, cancelled or expired
  job_state state = job_state::queued;
  int priority = 0;
  std::optional<std::string> unique_key{};

  wall_time enqueued{};
  wall_time due{};                      ///< not begun before; of the next attempt
  std::optional<wall_time> begin_by{};  ///< not begun by then: expired
  std::chrono::nanoseconds result_expires{};
  std::optional<unsigned> attempts{};                 ///< in place of the definition's
  std::optional<std::chrono::nanoseconds> timeout{};  ///< likewise

  std::uint64_t token = 0;  ///< of the newest lease; a lease with another one is lost
  std::string worker;       ///< who has, or had, the newest lease
  std::optional<wall_time> first_begun{};
  std::optional<wall_time> lease_until{};  ///< while it runs
  unsigned failed = 0;                     ///< attempts that failed
  unsigned lost = 0;                       ///< leases that ended without a word of their worker
  bool cancel_asked = false;               ///< while it runs
  double progress = 0;                     ///< 0 to 1, of the running or last attempt
  std::string progress_text;

  std::vector<dead_attempt> history{};  ///< the newest failed attempts, oldest first
  std::optional<std::string> result{};  ///< JSON, when done and the handler returned something
  std::optional<std::string> error{};   ///< why it failed, was cancelled or expired
  std::optional<wall_time> ended{};

  friend bool operator==(const job_record&, const job_record&) = default;
};
BOOST_DESCRIBE_STRUCT(job_record, (),
                      (id, number, name, args, state, priority, unique_key, enqueued, due, begin_by,
                       result_expires, attempts, timeout, token, worker, first_begun, lease_until,
                       failed, lost, cancel_asked, progress, progress_text, history, result, error,
                       ended))

/// The result of a job that is done. errc::not_found: it has none; errc::invalid: it is no R.
template <class R>
result<R> result_of(const job_record& j) {
  if (!j.result) return make_error_code(errc::not_found);
  auto read = decode_json<R>(*j.result);
  if (!read) return make_error_code(errc::invalid);
  return *std::move(read);
}

/// Which jobs; empty fields say nothing, all that are set must fit.
struct job_filter {
  std::string name{};
  std::optional<job_state> state{};
  std::string unique_key{};
  std::size_t most = 1000;

  bool fits(const job_record& j) const noexcept;
};

/// How many jobs a store has and had. recorded = waiting + running + done + failed + cancelled +
/// expired, always. What a restart found counts as recorded.
struct job_account {
  std::uint64_t recorded = 0;
  std::uint64_t waiting = 0;  ///< queued and scheduled, now
  std::uint64_t running = 0;  ///< now
  std::uint64_t done = 0, failed = 0, cancelled = 0;
  std::uint64_t expired = 0;  ///< not begun in time
  bool balanced() const noexcept {
    return recorded == waiting + running + done + failed + cancelled + expired;
  }

  std::uint64_t duplicates = 0;  ///< enqueued with a key, or an id, that was there
  std::uint64_t refused = 0;     ///< enqueued beyond a bound
  std::uint64_t begun = 0;       ///< leases given
  std::uint64_t retried = 0;     ///< attempts that failed and were not the last
  std::uint64_t released = 0;    ///< leases given back, the job not done
  std::uint64_t lost = 0;        ///< leases that ended without a word
  std::uint64_t fenced = 0;      ///< steps refused because their lease was lost
  std::uint64_t results = 0;     ///< jobs that have ended and can be read, now
  std::uint64_t forgotten = 0;   ///< of those, how many went early to keep within the bound
  std::uint64_t bytes = 0;       ///< of arguments and results, now

  /// "recorded 7 = waiting 2 + running 1 + done 4; lost 1"
  std::string text() const;
};

/// At most so many bytes, cut between characters; what is no UTF-8 becomes '?'.
std::string job_text(std::string_view from, std::size_t bytes_max = 512);

}  // namespace ensue
