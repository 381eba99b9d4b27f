#include <ensue/event/json.hpp>
#include <ensue/flow/job_file.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace ensue {
namespace {

struct job_change {
  std::optional<job_record> save;
  std::optional<uuid> remove;
};
BOOST_DESCRIBE_STRUCT(job_change, (), (save, remove))

std::string text_of(const uuid& id, const job_record* j) {
  job_change c;
  if (j) {
    c.save = *j;
    c.save->progress_text.clear();
  } else {
    c.remove = id;
  }
  // Every text in it is UTF-8: the table sees to that.
  return encode_json(c, {.bytes = std::size_t{64} << 20, .elements = 1'000'000}).value();
}

journal_options options_of(const job_file_options& o) {
  journal_options j;
  j.kind = "jobs/1";
  j.salvage = o.salvage;
  // Arguments and result, their quotes escaped, and the rest.
  j.record_bytes_max = 2 * (o.limits.args_bytes_max + o.limits.result_bytes_max) + (64 << 10);
  // Never reached: a step must not wait between the table and the journal.
  j.waiting_bytes_max = std::size_t{4} << 30;
  j.file_bytes_max = std::uint64_t{1} << 40;
  return j;
}

}  // namespace

// Free coroutines over the store: each decides in the table at once, and then waits for the disk.
struct job_file::work {
  struct compaction_flag {
    explicit compaction_flag(bool& f) noexcept : flag{f} { flag = true; }
    compaction_flag(const compaction_flag&) = delete;
    compaction_flag& operator=(const compaction_flag&) = delete;
    ~compaction_flag() { flag = false; }
    bool& flag;
  };

  static task<result<>> saved(job_file& f) {
    if (const result<> put = f.put_changes(); !put) co_return put;
    co_return co_await settled(f);
  }

  static task<result<>> settled(job_file& f) {
    const result<> written = co_await f.journal_->flush();
    if (!written || f.compacting_ || f.journal_->file_bytes() < f.compact_at_) co_return written;
    std::vector<std::string> all = f.records();
    std::uint64_t bytes = 0;
    for (const std::string& r : all) bytes += r.size() + 16;
    f.compact_at_ = std::max<std::uint64_t>(f.compact_at_, 4 * bytes);
    if (f.journal_->file_bytes() < f.compact_at_) co_return written;
    const compaction_flag busy{f.compacting_};
    (void)co_await f.journal_->compact(std::move(all));  // the old file is as good
    co_return written;
  }

  /// `decided` is what the table said; it comes out once the disk knows.
  template <class T>
  static task<result<T>> after_saving(job_file& f, result<T> decided) {
    const result<> done = co_await saved(f);
    if (!done) co_return done.error();
    co_return std::move(decided);
  }

  template <class T>
  static task<result<T>> refused(error_code ec) {
    co_return ec;
  }
};

task<journal_result<std::unique_ptr<job_file>>> job_file::open(runtime& rt, disk& on,
                                                               std::string path,
                                                               job_file_options o) {
  std::unique_ptr<job_file> file{new job_file{rt, o.limits}};
  job_file* const reads = file.get();
  const journal::replay each = [reads](std::string_view record, std::uint64_t) {
    return reads->take(record);
  };
  auto opened = co_await journal::open(rt, on, std::move(path), options_of(o), each);
  if (!opened) co_return opened.error();
  file->journal_ = std::move(*opened);
  file->table_.restored(file->clock_.now());
  const result<> saved = co_await work::saved(*file);
  if (!saved) co_return journal_error{saved.error(), 0, "a journal of jobs cannot be written"};
  co_return std::move(file);
}

result<> job_file::take(std::string_view record) {
  const decode_options wide{.limits = {.bytes = std::size_t{64} << 20, .elements = 1'000'000}};
  auto read = decode_json<job_change>(record, wide);
  if (!read || read->save.has_value() == read->remove.has_value())
    return make_error_code(errc::invalid);
  if (read->remove) {
    table_.restore_gone(*read->remove);
    return {};
  }
  const job_record& j = *read->save;
  const bool running = j.state == job_state::running;
  if (has_ended(j.state) != j.ended.has_value() || running != j.lease_until.has_value())
    return make_error_code(errc::invalid);
  table_.restore(*std::move(read->save));
  return {};
}

const error_code& job_file::fault() const noexcept { return broken_ ? broken_ : journal_->error(); }

result<> job_file::put_changes() {
  if (const error_code ec = fault()) return ec;
  for (const auto& [id, j] : table_.take_changes()) {
    const auto put = journal_->put(text_of(id, j.get()));
    if (!put) return void(broken_ = put.error()), broken_;
  }
  return {};
}

std::vector<std::string> job_file::records() const {
  std::vector<std::string> all;
  for (const auto& [id, j] : table_.all()) all.push_back(text_of(id, j.get()));
  return all;
}

task<result<enqueued_job>> job_file::enqueue(new_job j) {
  if (const error_code ec = fault()) return work::refused<enqueued_job>(ec);
  return work::after_saving(*this, table_.enqueue(std::move(j), clock_.now()));
}

task<result<claimed_jobs>> job_file::claim(job_claim c) {
  if (const error_code ec = fault()) return work::refused<claimed_jobs>(ec);
  return work::after_saving(*this, result<claimed_jobs>{table_.claim(c, clock_.now())});
}

task<result<job_wish>> job_file::extend(job_lease l, duration lease, job_beat beat) {
  if (const error_code ec = fault()) return work::refused<job_wish>(ec);
  return work::after_saving(*this, table_.extend(l, lease, beat, clock_.now()));
}

task<result<>> job_file::finish(job_lease l, job_outcome o) {
  if (const error_code ec = fault()) return work::refused<void>(ec);
  return work::after_saving(*this, table_.finish(l, std::move(o), clock_.now()));
}

task<result<job_record>> job_file::cancel(uuid id) {
  if (const error_code ec = fault()) return work::refused<job_record>(ec);
  return work::after_saving(*this, table_.cancel(id, clock_.now()));
}

task<result<job_record>> job_file::find(uuid id) {
  if (const error_code ec = fault()) return work::refused<job_record>(ec);
  return work::after_saving(*this, table_.find(id, clock_.now()));
}

task<result<std::vector<job_record>>> job_file::list(job_filter f) {
  if (const error_code ec = fault()) return work::refused<std::vector<job_record>>(ec);
  return work::after_saving(*this, result<std::vector<job_record>>{table_.list(f, clock_.now())});
}

task<result<>> job_file::expire() {
  if (const error_code ec = fault()) return work::refused<void>(ec);
  table_.expire(clock_.now());
  return work::saved(*this);
}

}  // namespace ensue
