#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/base/disk.hpp>
#include <ensue/flow/record_store.hpp>
#include <ensue/reliability/journal.hpp>

#include <memory>
#include <string>

namespace ensue {

struct journal_store_options {
  std::string kind = "records/1";  ///< what is kept, with a version; see journal_options
  bool salvage = false;            ///< go on behind damage, which `report` then names
};

/// Records in a file that survive a loss of power once `append` has returned: a journal.
///
/// Lifetime: `on` outlives it. Threads: loop thread. Cost: see journal.
/// Errors: of the journal; `why` has its text. After a write has failed every later one does: end
/// the process or make a new store when the disk is well.
class journal_store final : public record_store {
 public:
  journal_store(runtime& rt, disk& on, std::string path, journal_store_options o = {});
  ~journal_store() override;

  /// Opens or creates the file. Cancellation: throws. Errors: as journal::open.
  task<result<>> load(each f) override;
  task<result<>> append(std::string record) override;
  task<result<>> compact(std::vector<std::string> records) override;
  std::size_t size() const noexcept override { return records_; }
  std::string why() const override { return why_; }

  /// What the file was like: records, what was cut off its end or skipped. After `load`.
  const journal_report& report() const;
  /// Waits for what is under way and lets the file go. Cancellation: Errors: as journal::close.
  task<result<>> close();

 private:
  static task<result<>> open(journal_store& s, each f);

  runtime& rt_;
  disk& disk_;
  std::string path_;
  journal_store_options options_;
  std::unique_ptr<journal> journal_;
  std::size_t records_ = 0;
  std::string why_;
};

}  // namespace ensue
