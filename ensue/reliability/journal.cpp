#include <ensue/async/buggify.hpp>
#include <ensue/async/offload.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/base/assert.hpp>
#include <ensue/reliability/journal.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace ensue {
namespace {

constexpr std::size_t replay_bytes = std::size_t{1} << 20;  // between two returns to the loop
constexpr std::chrono::milliseconds slow_disk{20};          // at a fault site

}  // namespace

struct journal::compaction {
  journal_batch records;
  std::uint64_t last = 0;  // the number of the last record it stands for
  std::optional<result<>> outcome;
};

// What the loop knows. The file belongs to the committer's offloaded work; one at a time.
struct journal::state {
  state(runtime& on, std::string where, const journal_options& o, std::shared_ptr<journal_file> f);

  result<> admits(std::size_t length) const noexcept;
  bool has_room(std::size_t length) const noexcept {
    return waiting_bytes == 0 || waiting_bytes + length <= options.waiting_bytes_max;
  }
  std::uint64_t take(std::string_view record);
  void fail(const error_code& code) noexcept;
  void committed(std::uint64_t up_to) noexcept;
  void poke() noexcept { wake_all(committer_idle); }

  runtime& rt;
  std::string path;
  journal_options options;
  std::shared_ptr<journal_file> file;
  journal_report report;
  error_code error;
  bool closed = false;

  journal_batch pending;     // the newest records
  journal_batch superseded;  // older ones that a compaction will stand for
  std::shared_ptr<compaction> wanted;
  std::uint64_t last_put = 0;
  std::uint64_t last_durable = 0;
  std::uint64_t file_bytes = 0;       // on the disk
  std::uint64_t projected_bytes = 0;  // when all that waits is there
  std::uint64_t commits = 0;
  std::size_t waiting_bytes = 0;

  work_list room, durable, compacted, committer_idle;
  std::optional<owned_job<void>> committer;  // last: dies first
};

journal::state::state(runtime& on, std::string where, const journal_options& o,
                      std::shared_ptr<journal_file> f)
    : rt{on},
      path{std::move(where)},
      options{o},
      file{std::move(f)},
      report{file->report()},
      file_bytes{file->bytes()},
      projected_bytes{file->bytes()} {}

result<> journal::state::admits(std::size_t length) const noexcept {
  if (error) return error;
  if (closed) return errc::closed;
  if (length > options.record_bytes_max) return errc::invalid;
  const std::uint64_t needs = length + journal_format::record_head_bytes;
  if (projected_bytes + needs > options.file_bytes_max) return errc::full;
  return {};
}

std::uint64_t journal::state::take(std::string_view record) {
  pending.add(record);
  waiting_bytes += record.size();
  projected_bytes += record.size() + journal_format::record_head_bytes;
  poke();
  return ++last_put;
}

void journal::state::fail(const error_code& code) noexcept {
  error = code;
  if (wanted) std::exchange(wanted, nullptr)->outcome.emplace(code);
  waiting_bytes = 0;
  pending = {};
  superseded = {};
  for (work_list* const list : {&room, &durable, &compacted}) wake_all(*list);
}

void journal::state::committed(std::uint64_t up_to) noexcept {
  last_durable = up_to;
  file_bytes = file->bytes();
  waiting_bytes = pending.bytes.size() + superseded.bytes.size();
  ++commits;
  wake_all(durable);
  wake_all(room);
}

// Free coroutines over the state: the committer, and what waits for it.
struct journal::work {
  static task<> commit(state& s) {
    // The work owns what it uses: it may go on when the journal is gone.
    const auto batch = std::make_shared<const journal_batch>(std::exchange(s.pending, {}));
    const std::uint64_t last = s.last_put;
    const auto write = [file = s.file, batch] { return file->commit(*batch); };
    if (buggify(s.rt, "journal.before_commit")) co_await sleep_for(s.rt, slow_disk);
    const result<> done = co_await offload(s.rt, write);
    if (buggify(s.rt, "journal.after_commit")) co_await sleep_for(s.rt, slow_disk);
    if (!done) co_return s.fail(done.error());
    s.committed(last);
  }

  static task<> compact(state& s) {
    const std::shared_ptr<compaction> c = s.wanted;
    const auto write = [file = s.file, c] { return file->replace(c->records); };
    if (buggify(s.rt, "journal.before_compaction")) co_await sleep_for(s.rt, slow_disk);
    const journal_file::replaced done = co_await offload(s.rt, write);
    if (buggify(s.rt, "journal.after_compaction")) co_await sleep_for(s.rt, slow_disk);
    if (!done.old_in_use) co_return s.fail(done.error);
    s.wanted = nullptr;
    if (done.error) {  // the old file goes on, with what it was to be spared
      c->outcome.emplace(done.error);
      s.superseded.add(s.pending);
      s.pending = std::exchange(s.superseded, {});
      s.projected_bytes = s.file_bytes + s.pending.file_bytes();
    } else {
      c->outcome.emplace();
      s.superseded = {};
      s.committed(c->last);
      s.projected_bytes = s.file_bytes + s.pending.file_bytes();
    }
    wake_all(s.compacted);
  }

  static task<> run(state& s) {
    for (;;) {
      if (s.wanted) {
        co_await compact(s);
      } else if (!s.pending.empty()) {
        co_await commit(s);
      } else {
        co_await wait_in(s.committer_idle, s.rt, "journal: something to write");
      }
    }
  }

  static task<> run_guarded(state& s) {
    try {
      co_await run(s);
    } catch (...) {  // no memory: nothing of ours throws
      s.fail(make_error_code(boost::system::errc::not_enough_memory));
    }
  }

  static task<result<>> durable(state& s, std::uint64_t number) {
    while (s.last_durable < number) {
      if (s.error) co_return s.error;
      co_await wait_or_throw(s.durable, s.rt, "journal: on the disk");
    }
    co_return result<>{};
  }

  static task<result<>> append(state& s, std::string record) {
    result<> admitted = s.admits(record.size());
    while (admitted && !s.has_room(record.size())) {
      co_await wait_or_throw(s.room, s.rt, "journal: room");
      admitted = s.admits(record.size());
    }
    if (!admitted) co_return admitted;
    const std::uint64_t number = s.take(record);
    co_return co_await durable(s, number);
  }

  static task<result<>> compacted(state& s, std::shared_ptr<compaction> c) {
    const std::shared_ptr<compaction> mine = std::move(c);
    while (!mine->outcome) co_await wait_or_throw(s.compacted, s.rt, "journal: compacted");
    co_return *mine->outcome;
  }

  static task<result<>> refused(error_code code) { co_return code; }

  static task<result<>> close(state& s) {
    const std::uint64_t last = s.last_put;
    const result<> done = co_await durable(s, last);
    while (s.wanted) co_await wait_or_throw(s.compacted, s.rt, "journal: compacted");
    s.committer.reset();
    s.file = nullptr;
    co_return done;
  }

  struct slice {
    std::string bytes;
    std::vector<std::pair<std::uint64_t, std::size_t>> records;  // offset, length
    bool last = false;
  };
  static journal_result<slice> read_slice(journal_file& file) {
    slice out;
    while (out.bytes.size() < replay_bytes) {
      const auto next = file.next();
      if (!next) return next.error();
      if (!*next) {
        out.last = true;
        break;
      }
      out.records.emplace_back((*next)->offset, (*next)->payload.size());
      out.bytes += (*next)->payload;
    }
    return out;
  }
  static journal_result<void> deliver(const slice& s, const replay& each, const std::string& path) {
    std::string_view rest = s.bytes;
    for (const auto& [offset, length] : s.records) {
      if (const auto taken = each(rest.substr(0, length), offset); !taken) {
        return journal_error{taken.error(), offset,
                             path + ": the record at offset " + std::to_string(offset) +
                                 " is refused: " + taken.error().message()};
      }
      rest.remove_prefix(length);
    }
    return {};
  }

  static task<journal_result<std::shared_ptr<journal_file>>> open_file(runtime& rt, ensue::disk& on,
                                                                       const std::string& path,
                                                                       const journal_options& o,
                                                                       const replay& each) {
    const std::uint64_t salt = rt.random("journal " + path).next() ^
                               static_cast<std::uint64_t>(rt.wall_now().time_since_epoch().count());
    const auto open_it = [&on, path, o, salt] { return journal_file::open(on, path, o, salt); };
    auto opened = co_await offload(rt, open_it);
    if (!opened) co_return opened.error();
    const std::shared_ptr<journal_file> file = std::move(*opened);
    const auto read = [file] { return read_slice(*file); };
    for (bool last = false; !last;) {
      const journal_result<slice> part = co_await offload(rt, read);
      if (!part) co_return part.error();
      if (const auto taken = deliver(*part, each, path); !taken) co_return taken.error();
      last = part->last;
    }
    const auto recover = [file] { return file->recover(); };
    const journal_result<void> done = co_await offload(rt, recover);
    if (!done) co_return done.error();
    co_return file;
  }

  static task<journal_result<std::unique_ptr<journal>>> open(runtime& rt, ensue::disk& on,
                                                             std::string path, journal_options o,
                                                             replay each) {
    auto file = co_await open_file(rt, on, path, o, each);
    if (!file) co_return file.error();
    auto s = std::make_unique<state>(rt, std::move(path), o, std::move(*file));
    s->committer.emplace(rt, "journal", run_guarded(*s));
    (*s->committer)->start();
    co_return std::unique_ptr<journal>{new journal{std::move(s)}};
  }
};

journal::journal(std::unique_ptr<state> s) noexcept : state_{std::move(s)} {}

journal::~journal() {
  const state& s = *state_;
  ENSUE_ASSERT((s.room.empty() && s.durable.empty() && s.compacted.empty()) || s.rt.ending(),
               "a journal died, coroutines wait for it");
}

task<journal_result<std::unique_ptr<journal>>> journal::open(runtime& rt, ensue::disk& on,
                                                             std::string path, journal_options o,
                                                             replay each) {
  return work::open(rt, on, std::move(path), std::move(o), std::move(each));
}

const journal_report& journal::report() const noexcept { return state_->report; }

task<result<>> journal::append(std::string record) {
  return work::append(*state_, std::move(record));
}

result<std::uint64_t> journal::put(std::string_view record) {
  if (const auto admitted = state_->admits(record.size()); !admitted) return admitted.error();
  if (!state_->has_room(record.size())) return errc::full;
  return state_->take(record);
}

task<result<>> journal::durable(std::uint64_t number) { return work::durable(*state_, number); }

task<result<>> journal::flush() { return work::durable(*state_, state_->last_put); }

task<result<>> journal::compact(std::vector<std::string> records) {
  state& s = *state_;
  if (s.error) return work::refused(s.error);
  if (s.closed) return work::refused(errc::closed);
  if (s.wanted) return work::refused(errc::exists);
  const auto c = std::make_shared<compaction>();
  for (const std::string& r : records) {
    if (r.size() > s.options.record_bytes_max) return work::refused(errc::invalid);
    c->records.add(r);
  }
  const std::uint64_t bytes = journal_format::header_bytes + c->records.file_bytes();
  if (bytes > s.options.file_bytes_max) return work::refused(errc::full);
  c->last = s.last_put;
  s.superseded = std::exchange(s.pending, {});
  s.projected_bytes = bytes;
  s.wanted = c;
  s.poke();
  return work::compacted(s, c);
}

task<result<>> journal::close() {
  if (state_->closed) return work::refused(errc::closed);
  state_->closed = true;
  wake_all(state_->room);
  return work::close(*state_);
}

std::uint64_t journal::file_bytes() const noexcept { return state_->file_bytes; }
std::size_t journal::waiting_bytes() const noexcept { return state_->waiting_bytes; }
std::uint64_t journal::commits() const noexcept { return state_->commits; }
const error_code& journal::error() const noexcept { return state_->error; }
const std::string& journal::path() const noexcept { return state_->path; }

}  // namespace ensue
