#pragma once

#include <ensue/reliability/dedupe_store.hpp>
#include <ensue/reliability/journal.hpp>

#include <boost/describe/class.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

namespace ensue {

/// Keys of handled events in a file: they are known in the next life too.
///
///     auto store = (co_await dedupe_file::open(rt, disk, "orders.seen", policy)).value();
///     dedupe once{rt, policy, *store};
///
/// What it promises: a key whose `record` has returned is seen for a window, also after a loss of
/// power. A crash between an effect and its record repeats the effect: only a store in the same
/// transaction as the effect can do better.
/// Limits: `policy.entries_max`; then the oldest goes, counted when it was inside the window.
/// `key_bytes_max` for source and id together.
/// Lifetime: must outlive its operations. Threads: loop thread.
/// Cost: a group commit per `record`; about 200 bytes of memory an entry, and its text. The file is
/// written anew when more than half of it is forgotten.
class dedupe_file final : public dedupe_store {
 public:
  static constexpr std::size_t key_bytes_max = 4096;

  /// Loads what is inside the window by the calendar clock; a key from the future counts as new
  /// from now on. Cancellation: throws. Errors: as `journal::open`.
  static task<journal_result<std::unique_ptr<dedupe_file>>> open(runtime& rt, ensue::disk& on,
                                                                 std::string path,
                                                                 dedupe_policy policy);
  dedupe_file(const dedupe_file&) = delete;
  dedupe_file& operator=(const dedupe_file&) = delete;

  bool seen(const dedupe_key& key) override;
  /// Cancellation: throws; the key may be missing in the next life.
  /// Errors: thrown as system_error: errc::invalid: the key is too long, or no UTF-8; the disk's.
  task<> record(dedupe_key key) override;

  /// Waits for what was recorded and frees the file. Cancellation: as journal::close.
  /// Errors: the disk's.
  task<result<>> close() { return file_->close(); }

  std::size_t size() const noexcept { return by_age_.size(); }
  /// Forgotten although a copy might still have come.
  std::uint64_t evicted_early() const noexcept { return evicted_early_; }
  const journal_report& report() const noexcept { return file_->report(); }

 private:
  struct work;
  struct entry {
    std::string key;     // source, a zero byte, id
    std::string record;  // as it stands in the file; empty: it cannot
    time_point at;
  };

  dedupe_file(runtime& rt, dedupe_policy policy) : rt_{rt}, policy_{policy} {}
  result<> replay(std::string_view record);
  void remember(std::string key, std::string record, time_point at);
  void forget_old();
  void forget_oldest();

  runtime& rt_;
  dedupe_policy policy_;
  std::unique_ptr<journal> file_;
  std::deque<entry> by_age_;
  std::unordered_set<std::string_view> by_key_;  // of by_age_
  std::uint64_t live_bytes_ = 0;
  std::uint64_t compact_from_ = 0;
  std::uint64_t evicted_early_ = 0;
};

/// One line of its file, as JSON.
struct dedupe_record {
  std::string source;
  std::string id;
  wall_time at{};
};
BOOST_DESCRIBE_STRUCT(dedupe_record, (), (source, id, at))

}  // namespace ensue
