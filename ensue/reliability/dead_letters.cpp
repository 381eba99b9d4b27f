#include <ensue/async/buggify.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/reliability/dead_letters.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace ensue {
namespace {

constexpr std::size_t redriven_bytes = 200;      // about, in the file
constexpr std::uint64_t compact_least = 16'384;  // a smaller file is not worth it
constexpr std::chrono::milliseconds slow{20};    // at a fault site

journal_options file_options(const dead_letter_options& o) {
  journal_options j;
  j.kind = "dead-letters/1";
  j.record_bytes_max = o.letter_bytes_max;
  j.file_bytes_max = 3 * o.bytes_max + (std::uint64_t{64} << 20);
  j.salvage = o.salvage;
  return j;
}

// What went wrong; nothing when it went well.
task<std::optional<std::string>> post_one(const dead_letters::post_function& post,
                                          dead_letters::letter_ptr l) {
  std::exception_ptr thrown;
  try {
    const result<> posted = co_await post(l);
    if (posted) co_return std::nullopt;
    co_return posted.error().message();
  } catch (...) {
    thrown = std::current_exception();
  }
  if (is_cancellation(thrown)) std::rethrow_exception(thrown);
  co_return describe(thrown);
}

}  // namespace

// Memory changes with the call that hands the record over, so that a snapshot stands for all that
// was handed over.
struct dead_letters::work {
  // Waits until a record can be handed over without waiting.
  static task<result<>> room(dead_letters& s) {
    const std::size_t most = file_options(s.options_).waiting_bytes_max;
    while (s.file_ && s.file_->waiting_bytes() > 0 &&
           s.file_->waiting_bytes() + s.options_.letter_bytes_max > most)
      if (const auto done = co_await s.file_->flush(); !done) co_return done;
    co_return s.closed_ ? result<>{errc::closed} : result<>{};
  }

  // Hands `record` over, runs `apply`, and waits for the disk.
  template <class Apply>
  static task<result<>> write(dead_letters& s, const std::string& record, const Apply& apply) {
    if (!s.file_) {
      apply();
      co_return result<>{};
    }
    const auto put = s.file_->put(record);
    if (!put) co_return put.error();
    apply();
    co_return co_await s.file_->durable(*put);
  }

  static task<> tidy(dead_letters& s) {
    if (!s.worth_compacting()) co_return;
    const auto done = co_await s.file_->compact(s.snapshot());
    // The old file still does; another try when it has grown.
    s.compact_from_ = done ? 0 : 2 * s.file_->file_bytes();
  }

  static task<result<uuid>> add(dead_letters& s, dead_letter given) {
    dead_letter l = std::move(given);
    if (const auto ready = co_await room(s); !ready) co_return ready.error();
    s.complete(l);
    const uuid id = l.id;
    const std::string record = encode_record(l);
    if (record.size() > s.options_.letter_bytes_max) co_return errc::invalid;
    if (const auto room = s.has_room_for(l, record.size()); !room) co_return room.error();
    const auto before = s.show(id);
    const auto apply = [&s, &l, &record] { s.take(l, record.size()); };
    const result<> done = co_await write(s, record, apply);
    if (!done) {
      if (const auto now = s.show(id); now && !before && *now == l) s.drop(id);
      co_return done.error();
    }
    co_await tidy(s);
    co_return id;
  }

  static task<result<>> replace(dead_letters& s, const dead_letter& l) {
    const std::string record = encode_record(l);
    const auto apply = [&s, &l, &record] { s.take(l, record.size()); };
    co_return co_await write(s, record, apply);
  }

  static task<result<>> remove(dead_letters& s, letter_ptr l, bool redriven) {
    std::optional<redriven_event> e;
    if (redriven && !l->event_id.nil())
      e = redriven_event{l->event_id, l->subscription, l->redrives};
    const std::string record = encode_gone(l->id, e);
    const auto apply = [&s, &l, &e] {
      s.drop(l->id);
      if (e) s.remember(*e);
    };
    co_return co_await write(s, record, apply);
  }

  // Counts before it posts, so that a crash in between cannot go round for ever.
  static task<result<>> redrive_one(dead_letters& s, const uuid& id, const post_function& post,
                                    redrive_report& report) {
    dead_letter counted = *s.show(id);
    ++counted.redrives;
    counted.marked = false;
    if (s.poisoned(counted)) counted.reason = death_reason::poison;
    if (const result<> done = co_await replace(s, counted); !done) co_return done;
    if (buggify(s.rt_, "dead_letters.counted")) co_await sleep_for(s.rt_, slow);
    const letter_ptr posted = s.show(id);
    if (!posted) co_return result<>{};  // purged meanwhile
    if (const auto wrong = co_await post_one(post, posted)) {
      report.failed.emplace_back(id, *wrong);
      co_return result<>{};
    }
    ++report.redriven;
    if (const auto ready = co_await room(s); !ready) co_return ready;
    if (s.show(id) != posted) co_return result<>{};  // it died again already
    co_return co_await remove(s, posted, true);
  }

  static task<result<redrive_report>> redrive(dead_letters& s, dead_letter_filter which,
                                              post_function post, bool force) {
    const post_function how = std::move(post);
    redrive_report report;
    for (const letter_ptr& l : s.list(which)) {
      if (const auto ready = co_await room(s); !ready) co_return ready.error();
      const letter_ptr now = s.show(l->id);
      if (!now || !which.fits(*now)) continue;
      if (s.poisoned(*now) && !force) {
        ++report.refused;
        continue;
      }
      const result<> done = co_await redrive_one(s, now->id, how, report);
      if (!done) co_return done.error();
    }
    co_await tidy(s);
    co_return report;
  }

  // Does `change(letter)` for all that fit and for which it does anything; how many.
  template <class Change>
  static task<result<std::size_t>> for_each(dead_letters& s, const dead_letter_filter& which,
                                            const Change& change) {
    std::size_t count = 0;
    for (const letter_ptr& l : s.list(which)) {
      if (const auto ready = co_await room(s); !ready) co_return ready.error();
      const letter_ptr now = s.show(l->id);
      if (!now || !which.fits(*now)) continue;
      const result<bool> done = co_await change(now);
      if (done.has_error()) co_return done.error();
      count += *done ? 1 : 0;
    }
    co_await tidy(s);
    co_return count;
  }

  static task<result<std::size_t>> mark(dead_letters& s, dead_letter_filter which, bool force) {
    const auto change = [&s, force](letter_ptr l) { return mark_one(s, std::move(l), force); };
    co_return co_await for_each(s, which, change);
  }
  static task<result<bool>> mark_one(dead_letters& s, letter_ptr l, bool force) {
    if (l->marked || (s.poisoned(*l) && !force)) co_return false;
    dead_letter changed = *l;
    changed.marked = true;
    co_return yes(co_await replace(s, changed));
  }

  static task<result<std::size_t>> purge(dead_letters& s, dead_letter_filter which) {
    const auto change = [&s](letter_ptr l) { return purge_one(s, std::move(l)); };
    co_return co_await for_each(s, which, change);
  }
  static task<result<bool>> purge_one(dead_letters& s, letter_ptr l) {
    const letter_ptr mine = std::move(l);
    co_return yes(co_await remove(s, mine, false));
  }
  static result<bool> yes(const result<>& done) {
    if (!done) return {boost::system::in_place_error, done.error()};
    return true;
  }

  static task<journal_result<std::unique_ptr<dead_letters>>> open(runtime& rt, ensue::disk& on,
                                                                  std::string path,
                                                                  dead_letter_options o) {
    auto s = std::make_unique<dead_letters>(rt, o);
    const journal::replay each = [&s](std::string_view record, std::uint64_t) {
      return s->replay(record);
    };
    auto file = co_await journal::open(rt, on, std::move(path), file_options(o), each);
    if (!file) co_return file.error();
    s->file_ = std::move(*file);
    co_await tidy(*s);
    co_return std::move(s);
  }

  static task<result<>> close(dead_letters& s) {
    s.closed_ = true;
    if (!s.file_) co_return result<>{};
    co_return co_await s.file_->close();
  }
};

dead_letters::dead_letters(runtime& rt, dead_letter_options o) : rt_{rt}, options_{o} {}

task<journal_result<std::unique_ptr<dead_letters>>> dead_letters::open(runtime& rt, ensue::disk& on,
                                                                       std::string path,
                                                                       dead_letter_options o) {
  return work::open(rt, on, std::move(path), o);
}

result<> dead_letters::replay(std::string_view record) {
  auto r = decode_record(record);
  if (!r) return r.error();
  if (r->letter) take(std::move(*r->letter), record.size());
  if (r->gone) drop(*r->gone);
  if (r->redriven) remember(*r->redriven);
  return {};
}

void dead_letters::take(dead_letter l, std::size_t bytes) {
  drop(l.id);
  if (!l.event_id.nil()) {
    by_event_[key_of(l)] = l.id;
    redriven_.erase(key_of(l));
  }
  bytes_ += bytes;
  const uuid id = l.id;
  letters_[id] = {std::make_shared<const dead_letter>(std::move(l)), bytes};
}

void dead_letters::drop(const uuid& id) {
  const auto at = letters_.find(id);
  if (at == letters_.end()) return;
  bytes_ -= at->second.bytes;
  by_event_.erase(key_of(*at->second.letter));
  letters_.erase(at);
}

void dead_letters::remember(const redriven_event& e) {
  const event_key key{e.event_id, e.subscription};
  if (redriven_.insert_or_assign(key, e.redrives).second) redriven_by_age_.push_back(key);
  while (redriven_by_age_.size() > options_.letters_max) {
    redriven_.erase(redriven_by_age_.front());
    redriven_by_age_.pop_front();
  }
}

// Fills in what the store knows: id, time, and what happened to this event here before.
void dead_letters::complete(dead_letter& l) {
  l.marked = false;
  l.redrives = 0;
  if (l.died == wall_time{}) l.died = rt_.wall_now();
  const auto known = l.event_id.nil() ? by_event_.end() : by_event_.find(key_of(l));
  if (known != by_event_.end()) {
    const dead_letter& before = *letters_.at(known->second).letter;
    l.id = before.id;
    l.redrives = before.redrives;
    l.attempts.insert(l.attempts.begin(), before.attempts.begin(), before.attempts.end());
  } else {
    l.id = rt_.new_id();
    if (const auto again = redriven_.find(key_of(l)); again != redriven_.end())
      l.redrives = again->second;
  }
  if (poisoned(l)) l.reason = death_reason::poison;
  if (l.attempts.size() > options_.attempts_max)
    l.attempts.erase(l.attempts.begin(),
                     l.attempts.end() - static_cast<std::ptrdiff_t>(options_.attempts_max));
}

result<> dead_letters::has_room_for(const dead_letter& l, std::size_t bytes) const {
  const auto before = letters_.find(l.id);
  const bool is_new = before == letters_.end();
  const std::size_t freed = is_new ? 0 : before->second.bytes;
  if (is_new && letters_.size() >= options_.letters_max) return errc::full;
  if (bytes_ - freed + bytes > options_.bytes_max) return errc::full;
  return {};
}

bool dead_letters::worth_compacting() const noexcept {
  if (!file_ || closed_ || file_->error()) return false;
  const std::uint64_t live = bytes_ + letters_.size() * journal_format::record_head_bytes +
                             redriven_.size() * redriven_bytes;
  return file_->file_bytes() > std::max({2 * live, compact_least, compact_from_});
}

std::vector<std::string> dead_letters::snapshot() const {
  std::vector<std::string> records;
  for (const event_key& key : redriven_by_age_)
    if (const auto e = redriven_.find(key); e != redriven_.end())
      records.push_back(encode_redriven({key.first, key.second, e->second}));
  for (const auto& [id, k] : letters_) records.push_back(encode_record(*k.letter));
  return records;
}

task<result<uuid>> dead_letters::add(dead_letter letter) {
  return work::add(*this, std::move(letter));
}

std::vector<dead_letters::letter_ptr> dead_letters::list(const dead_letter_filter& which,
                                                         std::size_t most) const {
  std::vector<letter_ptr> found;
  for (const auto& [id, k] : letters_) {
    if (found.size() >= most) break;
    if (which.fits(*k.letter)) found.push_back(k.letter);
  }
  return found;
}

dead_letters::letter_ptr dead_letters::show(const uuid& id) const {
  const auto at = letters_.find(id);
  return at == letters_.end() ? nullptr : at->second.letter;
}

task<result<redrive_report>> dead_letters::redrive(dead_letter_filter which, post_function post,
                                                   bool force) {
  return work::redrive(*this, std::move(which), std::move(post), force);
}

task<result<std::size_t>> dead_letters::mark(dead_letter_filter which, bool force) {
  return work::mark(*this, std::move(which), force);
}

task<result<redrive_report>> dead_letters::redrive_marked(post_function post) {
  dead_letter_filter marked;
  marked.marked = true;
  return work::redrive(*this, std::move(marked), std::move(post), true);
}

task<result<std::size_t>> dead_letters::purge(dead_letter_filter which) {
  return work::purge(*this, std::move(which));
}

task<result<>> dead_letters::close() { return work::close(*this); }

}  // namespace ensue
