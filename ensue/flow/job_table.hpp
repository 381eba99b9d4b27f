#pragma once

#include <ensue/flow/job_store.hpp>

#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ensue {

/// The table behind a job store: every step as a plain function of the time. No I/O, no waits.
///
/// Which job comes first: one step of priority is worth `priority_step` of waiting (a minute). A
/// job that became due at t with priority p goes before every job of a priority p + n that became
/// due later than t + n * priority_step. So higher goes first, equal ones in the order they became
/// due and were enqueued, and none starves: even against an endless stream of the highest, the
/// lowest waits no longer than the steps between them.
///
/// Lifetime: what it returns is a copy. Threads: one.
/// Cost: O(log n) a step, and O(names) a claim. `list` looks at each job.
class job_table {
 public:
  static constexpr int priority_max = 1000;  ///< and -1000 is the lowest
  static constexpr std::size_t history_max = 16;
  static constexpr std::size_t names_max = 10'000;  ///< different ones with jobs that wait

  explicit job_table(job_limits o = {}) : limits_{o} {}

  // The steps of job_store, at `now`, which never goes back.
  result<enqueued_job> enqueue(new_job j, wall_time now);
  claimed_jobs claim(const job_claim& c, wall_time now);
  result<job_wish> extend(const job_lease& l, duration lease, const job_beat& beat, wall_time now);
  result<> finish(const job_lease& l, job_outcome o, wall_time now);
  result<job_record> cancel(const uuid& id, wall_time now);
  result<job_record> find(const uuid& id, wall_time now);
  std::vector<job_record> list(const job_filter& f, wall_time now);
  void expire(wall_time now);
  job_account account() const noexcept;

  /// The jobs that changed since this was asked last, as they are now; null: forgotten. Extended
  /// leases and progress are no change.
  using change = std::pair<uuid, std::shared_ptr<const job_record>>;
  std::vector<change> take_changes();

  /// Puts a job back that an earlier life kept. Its lease, if it had one, is void.
  void restore(job_record j);
  void restore_gone(const uuid& id);
  /// After the last of them: gives back what ran, counts.
  void restored(wall_time now);
  const std::map<uuid, std::shared_ptr<job_record>>& all() const noexcept { return jobs_; }
  const job_limits& limits() const noexcept { return limits_; }

 private:
  using record_ptr = std::shared_ptr<job_record>;
  using rank = std::tuple<wall_time, std::uint64_t, uuid>;  // what it is sorted by, number
  struct lane {
    std::set<rank> ready;  // by rank_of
    std::set<rank> later;  // by due
  };

  void index(const job_record& j);
  void unindex(const job_record& j);
  std::optional<wall_time> moment_of(const job_record& j) const;
  rank rank_of(const job_record& j) const;
  void promote(lane& l, wall_time now);
  lane* best_of(const job_claim& c, wall_time now, duration& next);
  job_record& begin_lease(const uuid& id, const job_claim& c, wall_time now);
  void lapse(record_ptr j, wall_time now);
  void lose(job_record& j, wall_time now);
  void end(job_record& j, job_state as, std::string error, wall_time now);
  void forget(uuid id);  // a copy: what it was read from may go with the job
  void make_room();
  record_ptr held(const job_lease& l, wall_time now);
  bool acceptable(const new_job& j) const;
  record_ptr duplicate_of(const new_job& j) const;
  job_record shown(const job_record& j, wall_time now) const;
  std::size_t live() const noexcept { return counts_.waiting + counts_.running; }
  std::uint64_t* count_of(job_state s) noexcept;
  template <class F>
  void edit(job_record& j, F f);

  job_limits limits_;
  std::map<uuid, record_ptr> jobs_;
  std::map<std::string, lane, std::less<>> lanes_;            // by name; of what waits
  std::map<std::pair<std::string, std::string>, uuid> keys_;  // name, unique key; of what is live
  std::set<std::pair<wall_time, uuid>> moments_;              // when something lapses
  std::set<std::pair<wall_time, uuid>> ended_;                // by the time of their end
  std::set<uuid> changed_;
  job_account counts_;
  std::uint64_t last_number_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace ensue
