#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/flow/job_clock.hpp>
#include <ensue/flow/job_table.hpp>
#include <ensue/reliability/journal.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace ensue {

struct job_file_options {
  job_limits limits{};
  bool salvage = false;  ///< go on behind damage, which `report` then names
};

/// Jobs in a journal, for one process: what was recorded survives a loss of power. One record for
/// each change, a JSON object with `save` (the job as it is now) or `remove` (an id). The file is
/// written anew when it has grown to four times what it needs.
///
///     auto kept = co_await job_file::open(rt, disk, "shop.jobs");
///     if (!kept) …;  // kept.error().text()
///     jobs work{rt, **kept};
///
/// A step completes when it is on the disk, also one that only reads: what was read is so after a
/// loss of power too. Extended leases and progress are in memory only; opening the file takes it
/// that its former process is dead (the journal's lock says so) and loses its leases at once.
///
/// Limits:   journal kind "jobs/1"; otherwise job_limits, all in memory too.
/// Lifetime: the disk outlives it. Threads: loop thread. Order: steps count in order of the calls.
/// Errors:   those of the journal; after the first one every step returns it: open it anew.
/// Cost:     a claim, an end and an enqueue are one record each; those that gather share a sync.
class job_file final : public job_store {
 public:
  /// Opens or makes the file and reads it.
  /// Cancellation: throws. Errors: those of journal::open; errc::invalid: a record that this
  /// version cannot read, with its offset; nothing was changed.
  static task<journal_result<std::unique_ptr<job_file>>> open(runtime& rt, disk& on,
                                                              std::string path,
                                                              job_file_options o = {});

  task<result<enqueued_job>> enqueue(new_job j) override;
  task<result<claimed_jobs>> claim(job_claim c) override;
  task<result<job_wish>> extend(job_lease l, duration lease, job_beat beat) override;
  task<result<>> finish(job_lease l, job_outcome o) override;
  task<result<job_record>> cancel(uuid id) override;
  task<result<job_record>> find(uuid id) override;
  task<result<std::vector<job_record>>> list(job_filter f) override;
  task<result<>> expire() override;
  job_account account() const override { return table_.account(); }

  /// Waits for what is under way and lets the file go. Cancellation: Errors: as journal::close.
  task<result<>> close() { return journal_->close(); }
  /// What was found when it was opened.
  const journal_report& report() const noexcept { return journal_->report(); }
  std::uint64_t file_bytes() const noexcept { return journal_->file_bytes(); }

 private:
  struct work;
  job_file(runtime& rt, const job_limits& o) : clock_{rt}, table_{o} {}
  result<> take(std::string_view record);
  const error_code& fault() const noexcept;
  result<> put_changes();
  std::vector<std::string> records() const;

  job_clock clock_;
  job_table table_;
  std::unique_ptr<journal> journal_;
  error_code broken_;  // memory is ahead of the disk
  std::uint64_t compact_at_ = 256 << 10;
  bool compacting_ = false;
};

}  // namespace ensue
