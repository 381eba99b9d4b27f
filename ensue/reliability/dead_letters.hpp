#pragma once

#include <ensue/reliability/dead_letter.hpp>
#include <ensue/reliability/journal.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ensue {

struct dead_letter_options {
  std::size_t letters_max = 10'000;
  std::uint64_t bytes_max = std::uint64_t{64} << 20;  ///< of all letters, as they stand in the file
  std::size_t letter_bytes_max = std::size_t{1} << 20;
  unsigned redrives_max = 3;
  std::size_t attempts_max = 100;  ///< kept per letter: the newest
  bool salvage = false;            ///< see journal_options
};

/// What became of a redrive.
struct redrive_report {
  std::size_t redriven = 0;
  std::size_t refused = 0;                             ///< poison, and not forced
  std::vector<std::pair<uuid, std::string>> failed{};  ///< posting failed: still here
};

/// Where events go that could not be handled: in a file that needs no server, or in memory.
///
///     auto letters = (co_await dead_letters::open(rt, disk, "dead.letters", options)).value();
///     auto kept = co_await letters->add(letter);          // errc::full: the event stays yours
///     co_await letters->redrive(filter, post);
///
/// Shape: at most one letter per event id and subscription. A further one is merged into it:
/// attempts behind attempts. An event that was redriven from here is remembered for as many events
/// as there may be letters, so that its redrives go on counting if it dies again; from
/// `redrives_max` on its letter is `poison` and is redriven by force only.
/// Limits: as in the options. At a bound new letters are refused with errc::full; nothing is ever
/// dropped. Attempts beyond `attempts_max` go, oldest first.
/// Lifetime: must outlive its operations.
/// Threads: loop thread. Order: of death.
/// Errors: the disk's; after the first one nothing is taken any more (see journal).
/// Cost: a letter is held in memory too. `list` and filters look at each letter. The file is
/// written anew when more than half of it is dead.
class dead_letters {
 public:
  using letter_ptr = std::shared_ptr<const dead_letter>;
  /// Takes over responsibility for the event, and returns success when it is as safe there as it
  /// was here: handled, or accepted by something durable.
  using post_function = std::function<task<result<>>(letter_ptr)>;

  /// In memory: gone with the process.
  explicit dead_letters(runtime& rt, dead_letter_options o = {});
  /// In a file, made when missing.
  /// Cancellation: throws, nothing was changed. Errors: as `journal::open`.
  static task<journal_result<std::unique_ptr<dead_letters>>> open(runtime& rt, ensue::disk& on,
                                                                  std::string path,
                                                                  dead_letter_options o = {});
  dead_letters(const dead_letters&) = delete;
  dead_letters& operator=(const dead_letters&) = delete;

  /// Keeps a letter; returns its id when it is safe. Fills in `id`, `died` (now), `redrives`.
  /// Cancellation: throws; it may or may not be kept.
  /// Errors: errc::full, errc::invalid (larger than `letter_bytes_max`), the disk's: not kept.
  task<result<uuid>> add(dead_letter letter);

  std::vector<letter_ptr> list(const dead_letter_filter& which = {},
                               std::size_t most = SIZE_MAX) const;
  /// Null when there is none.
  letter_ptr show(const uuid& id) const;

  /// Posts the events of all that fit again, one after the other, each counted first. A letter
  /// whose post succeeds goes, unless it got new attempts meanwhile.
  /// Cancellation: throws between two steps; a letter may have been posted and still be here.
  /// Errors: the disk's. What `post` returns or throws is in the report.
  task<result<redrive_report>> redrive(dead_letter_filter which, post_function post,
                                       bool force = false);
  /// Marks them for the next `redrive_marked`, e.g. from outside while the service is down.
  /// Returns how many; poison is not marked unless forced. Cancellation: Errors: as `purge`.
  task<result<std::size_t>> mark(dead_letter_filter which, bool force = false);
  /// Redrives what is marked, poison too: who marked it forced it. Call it at the start.
  /// Cancellation: Errors: as `redrive`.
  task<result<redrive_report>> redrive_marked(post_function post);

  /// Throws away all that fit; how many.
  /// Cancellation: throws; they are gone for this life. Errors: the disk's; they may be back then.
  task<result<std::size_t>> purge(dead_letter_filter which);

  /// Waits for what is under way and frees the file. Nothing is taken any more.
  /// Cancellation: as journal::close. Errors: the disk's.
  task<result<>> close();

  std::size_t size() const noexcept { return letters_.size(); }
  std::uint64_t bytes() const noexcept { return bytes_; }
  /// Of the file; empty in memory.
  journal_report report() const { return file_ ? file_->report() : journal_report{}; }

 private:
  struct kept {
    letter_ptr letter;
    std::size_t bytes = 0;
  };
  struct work;
  using event_key = std::pair<uuid, std::string>;

  static event_key key_of(const dead_letter& l) { return {l.event_id, l.subscription}; }
  result<> replay(std::string_view record);
  void take(dead_letter l, std::size_t bytes);
  void drop(const uuid& id);
  void remember(const redriven_event& e);
  void complete(dead_letter& l);
  result<> has_room_for(const dead_letter& l, std::size_t bytes) const;
  bool poisoned(const dead_letter& l) const noexcept { return l.redrives >= options_.redrives_max; }
  bool worth_compacting() const noexcept;
  std::vector<std::string> snapshot() const;

  runtime& rt_;
  dead_letter_options options_;
  std::unique_ptr<journal> file_;
  std::map<uuid, kept> letters_;  // ids rise with time
  std::map<event_key, uuid> by_event_;
  std::map<event_key, unsigned> redriven_;
  std::deque<event_key> redriven_by_age_;
  std::uint64_t bytes_ = 0;
  std::uint64_t compact_from_ = 0;
  bool closed_ = false;
};

}  // namespace ensue
