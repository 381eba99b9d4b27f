#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/base/disk.hpp>
#include <ensue/reliability/journal_file.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// An append-only file of records that survive a loss of power once they are acknowledged.
///
///     const auto keep = [&](std::string_view record, std::uint64_t) { return take(record); };
///     auto opened = co_await journal::open(rt, disk, path, options, keep);
///     if (!opened) …;                                     // opened.error().text()
///     if (auto done = co_await (*opened)->append(record); !done) …;
///
/// Shape: a record is any bytes. On the disk: journal_format.hpp.
/// Limits: as in the options. One process at a time (`<path>.lock`).
/// Lifetime: may be destroyed at any time when nobody waits; what is being written then may or may
/// not get to the disk. `disk` must outlive it and the offload pool's work.
/// Threads: loop thread; the disk is used on the offload pool.
/// Order: records stand in the file in the order of `put`, and become durable in that order.
/// Errors: the first write that fails is the last: the file is cut back to the acknowledged
/// records, and every later call returns that same error. Open it anew when the disk is well.
/// Cost: one write and one sync for all that gathered while the last sync ran: there is no delay.
class journal {
 public:
  /// A record of the file, oldest first, and its offset. An error refuses the file.
  using replay = std::function<result<>(std::string_view record, std::uint64_t offset)>;

  /// Opens or creates the file and hands every record to `each`, on the loop.
  ///
  /// Limits: reads some MiB at a time.
  /// Cancellation: nothing but a torn end was cut; throws.
  /// Errors: a text with path and offset. errc::exists: in use. errc::invalid: not a journal of
  /// this kind, or damaged; nothing was changed. Else those of the disk, or of `each`.
  static task<journal_result<std::unique_ptr<journal>>> open(runtime& rt, ensue::disk& on,
                                                             std::string path, journal_options o,
                                                             replay each);
  journal(const journal&) = delete;
  journal& operator=(const journal&) = delete;
  ~journal();

  /// What `open` found: how many records, what was cut off or skipped.
  const journal_report& report() const noexcept;

  /// Writes a record and waits until it is on the disk; waits for room before.
  /// Cancellation: throws; the record may or may not be in the file.
  /// Errors: errc::invalid: too long; errc::full: the file is; errc::closed; else the disk's: not
  /// acknowledged, and cut off again unless that failed too.
  task<result<>> append(std::string record);

  /// Hands a record over without waiting and returns its number, for `durable`. Records put in one
  /// go reach the disk together. errc::full: too much waits, or the file is full; else as `append`.
  [[nodiscard]] result<std::uint64_t> put(std::string_view record);
  /// Waits until the record of that number, and all before it, are on the disk.
  /// Cancellation: throws; the record may or may not be in the file. Errors: as `append`.
  task<result<>> durable(std::uint64_t number);
  /// Waits until all that was put before is on the disk. Cancellation: and Errors: as `durable`.
  task<result<>> flush();

  /// Replaces the file by one that holds `records`: they must stand for everything put before
  /// this call, also for what is not on the disk yet. What is put afterwards comes behind them.
  /// At every moment there is a whole file under the path: the old one or the new one.
  /// Cancellation: goes on by itself; throws. Errors: errc::full: they do not fit; those of the
  /// disk: the old file is in use still, or the journal has failed (`error()`). errc::exists: one
  /// is under way. It begins with the call, not with the await.
  task<result<>> compact(std::vector<std::string> records);

  /// Takes nothing more, and waits for what was put. Then the file and its lock are free.
  /// Cancellation: as `durable`. Errors: as `durable`.
  task<result<>> close();

  std::uint64_t file_bytes() const noexcept;   ///< on the disk, without what waits
  std::size_t waiting_bytes() const noexcept;  ///< put and not yet on the disk
  std::uint64_t commits() const noexcept;      ///< syncs of records so far
  const error_code& error() const noexcept;    ///< the first that failed; none: it is well
  const std::string& path() const noexcept;

 private:
  struct state;
  struct compaction;
  struct work;
  explicit journal(std::unique_ptr<state> s) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace ensue
