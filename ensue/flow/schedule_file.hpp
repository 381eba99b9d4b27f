#pragma once

#include <ensue/flow/schedule_store.hpp>
#include <ensue/reliability/journal.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace ensue {

/// Durable schedules in a journal: one record for each change, a JSON object with `save` (the
/// schedule as it is now) or `remove` (an id). The file is written anew when it has grown to four
/// times what it needs.
///
///     auto kept = co_await schedule_file::open(rt, disk, "shop.schedules");
///     if (!kept) …;  // kept.error().text()
///     scheduler clock{bus, {}, kept->get()};
///
/// Limits:   journal kind "schedules/1"; a record is up to 64 KiB.
/// Lifetime: the disk outlives it. Durability and Errors: those of the journal.
/// Threads:  loop thread.
class schedule_file final : public schedule_store {
 public:
  /// Opens or makes the file and reads it.
  /// Cancellation: throws. Errors: those of journal::open; errc::invalid: a record that this
  /// version cannot read, with its offset; nothing was changed.
  static task<journal_result<std::unique_ptr<schedule_file>>> open(runtime& rt, disk& on,
                                                                   std::string path,
                                                                   bool salvage = false);

  /// Cancellation: Errors: none.
  task<result<std::vector<kept_schedule>>> load() override;
  /// Cancellation: Errors: as journal::append.
  task<result<>> save(kept_schedule s) override;
  /// Cancellation: Errors: as journal::append.
  task<result<>> remove(std::string id) override;

  /// What was found when it was opened.
  const journal_report& report() const noexcept { return journal_->report(); }
  std::uint64_t file_bytes() const noexcept { return journal_->file_bytes(); }

 private:
  schedule_file() = default;
  result<> take(std::string_view record);
  task<result<>> write(std::string record);
  std::vector<std::string> records() const;

  std::map<std::string, kept_schedule> kept_;  // by id
  std::unique_ptr<journal> journal_;
  std::uint64_t compact_at_ = 64 << 10;
  bool compacting_ = false;
};

}  // namespace ensue
