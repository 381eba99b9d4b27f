#include <ensue/reliability/journal_file.hpp>

#include <boost/system/errc.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

namespace format = journal_format;
constexpr std::size_t write_bytes = std::size_t{1} << 20;

// Encodes records one by one and writes them in large pieces.
class record_writer {
 public:
  enum class commit : std::uint8_t { one, each };  // each: the file is not seen before it is whole

  record_writer(disk_file& to, std::uint64_t salt, std::uint64_t offset, commit c)
      : to_{to}, salt_{salt}, begin_{offset}, written_{offset}, commit_{c} {}

  result<> add(std::string_view payload) {
    format::append_record(buffer_, salt_, commit_ == commit::one ? begin_ : end(), end(), payload);
    return buffer_.size() < write_bytes ? result<>{} : write();
  }
  result<> add(const journal_batch& batch) {
    std::string_view rest = batch.bytes;
    for (const std::uint32_t length : batch.lengths) {
      if (const auto done = add(rest.substr(0, length)); !done) return done;
      rest.remove_prefix(length);
    }
    return write();
  }
  result<> write() {
    const auto done = to_.write(written_, buffer_);
    if (!done) return done;
    written_ += buffer_.size();
    buffer_.clear();
    return {};
  }
  std::uint64_t end() const noexcept { return written_ + buffer_.size(); }

 private:
  disk_file& to_;
  std::uint64_t salt_;
  std::uint64_t begin_;
  std::uint64_t written_;
  commit commit_;
  std::string buffer_;
};

std::uint64_t next_salt(std::uint64_t salt) { return salt * 0x9e37'79b9'7f4a'7c15ull + 1; }

}  // namespace

void journal_batch::add(const journal_batch& other) {
  bytes += other.bytes;
  lengths.insert(lengths.end(), other.lengths.begin(), other.lengths.end());
}

journal_file::journal_file(disk& on, std::string path, const journal_options& o)
    : disk_{on}, path_{std::move(path)}, options_{o} {}

journal_error journal_file::error(const error_code& code) const {
  return {code, 0, disk_error_text(path_, code)};
}

journal_result<std::unique_ptr<journal_file>> journal_file::open(disk& on, std::string path,
                                                                 const journal_options& o,
                                                                 std::uint64_t salt) {
  std::unique_ptr<journal_file> f{new journal_file{on, std::move(path), o}};
  auto lock = on.lock(f->path_);
  if (!lock) return f->error(lock.error());
  f->lock_ = std::move(*lock);
  const auto there = on.exists(f->path_);
  if (!there) return f->error(there.error());
  if (const auto made = *there ? f->open_old() : f->create(salt); !made)
    return f->error(made.error());
  auto reader = journal_reader::open(*f->file_, f->path_, {o.kind, o.record_bytes_max, o.salvage});
  if (!reader) return reader.error();
  f->reader_.emplace(std::move(*reader));
  f->salt_ = f->reader_->header().salt;
  f->report_.created = !*there;
  return f;
}

result<> journal_file::open_old() {
  auto file = disk_.open(path_, open_mode::write);
  if (!file) return file.error();
  file_ = std::move(*file);
  const auto left_over = disk_.exists(path_ + ".new");
  if (left_over && *left_over) (void)disk_.remove(path_ + ".new");
  // Whoever put the file here may have been killed before this.
  return disk_.sync_directory(folder_of(path_));
}

result<> journal_file::create(std::uint64_t salt) {
  auto fresh = disk_.open(path_ + ".new", open_mode::replace);
  if (!fresh) return fresh.error();
  const format::header header{salt, options_.kind};
  if (const auto done = (*fresh)->write(0, format::encode(header)); !done) return done;
  return put_in_place(std::move(*fresh));
}

// The last three steps of every new file; `fresh` is open as <path>.new.
result<> journal_file::put_in_place(std::unique_ptr<disk_file> fresh) {
  if (const auto done = fresh->sync(); !done) return done;
  if (const auto done = disk_.rename(path_ + ".new", path_); !done) return done;
  file_ = std::move(fresh);
  return disk_.sync_directory(folder_of(path_));
}

journal_result<std::optional<journal_reader::record>> journal_file::next() {
  return reader_->next();
}

journal_result<void> journal_file::recover() {
  const bool created = report_.created;
  report_ = reader_->report();
  report_.created = created;
  bytes_ = report_.bytes;
  const std::uint64_t last_commit = reader_->last_commit();
  reader_.reset();
  if (report_.skipped_bytes > 0) {
    if (const auto done = keep_damaged(); !done) return error(done.error());
    return {};
  }
  if (report_.cut > 0)
    if (const auto done = file_->truncate(bytes_); !done) return error(done.error());
  if (const auto done = save_again(last_commit); !done) return error(done.error());
  return {};
}

// The last owner may have been killed before its last sync, or that sync failed and the disk holds
// less than can be read: so the last commit is written once more, then synced.
result<> journal_file::save_again(std::uint64_t from) {
  std::string block(std::min<std::uint64_t>(write_bytes, bytes_ - from), '\0');
  for (std::uint64_t at = from; at < bytes_; at += block.size()) {
    block.resize(std::min<std::uint64_t>(block.size(), bytes_ - at));
    const auto n = file_->read(at, block);
    if (!n) return n.error();
    if (*n != block.size()) return make_error_code(boost::system::errc::io_error);
    if (const auto done = file_->write(at, block); !done) return done;
  }
  return file_->sync();
}

// A copy of the damaged file stays; under the path comes one with the good records.
result<> journal_file::keep_damaged() {
  const auto size = file_->size();
  if (!size) return size.error();
  auto copy = disk_.open(path_ + ".damaged", open_mode::replace);
  if (!copy) return copy.error();
  std::string block(write_bytes, '\0');
  for (std::uint64_t at = 0; at < *size;) {
    const auto n = file_->read(at, block);
    if (!n) return n.error();
    if (const auto done = (*copy)->write(at, std::string_view{block}.substr(0, *n)); !done)
      return done;
    at += std::max<std::uint64_t>(*n, 1);
  }
  if (const auto done = (*copy)->sync(); !done) return done;

  auto fresh = disk_.open(path_ + ".new", open_mode::replace);
  if (!fresh) return fresh.error();
  auto again =
      journal_reader::open(*file_, path_, {options_.kind, options_.record_bytes_max, true});
  if (!again) return again.error().code;
  salt_ = next_salt(salt_);
  const format::header header{salt_, options_.kind};
  if (const auto done = (*fresh)->write(0, format::encode(header)); !done) return done;
  record_writer out{**fresh, salt_, format::header_bytes, record_writer::commit::each};
  for (;;) {
    const auto r = again->next();
    if (!r) return r.error().code;
    if (!*r) break;
    if (const auto done = out.add((*r)->payload); !done) return done;
  }
  if (const auto done = out.write(); !done) return done;
  bytes_ = out.end();
  return put_in_place(std::move(*fresh));
}

result<> journal_file::commit(const journal_batch& batch) {
  record_writer out{*file_, salt_, bytes_, record_writer::commit::one};
  auto done = out.add(batch);
  if (done) done = file_->sync();
  if (done) {
    bytes_ = out.end();
    return done;
  }
  if (file_->truncate(bytes_)) (void)file_->sync();
  return done;
}

journal_file::replaced journal_file::replace(const journal_batch& records) {
  const std::string fresh_path = path_ + ".new";
  auto fresh = disk_.open(fresh_path, open_mode::replace);
  if (!fresh) return {fresh.error(), true};
  const format::header header{next_salt(salt_), options_.kind};
  auto done = (*fresh)->write(0, format::encode(header));
  record_writer out{**fresh, header.salt, format::header_bytes, record_writer::commit::each};
  if (done) done = out.add(records);
  if (done) done = (*fresh)->sync();
  if (!done) {
    (void)disk_.remove(fresh_path);
    return {done.error(), true};
  }
  // From here on it is not known which of the two a loss of power leaves: no half measures.
  done = put_in_place(std::move(*fresh));
  if (!done) return {done.error(), false};
  salt_ = header.salt;
  bytes_ = out.end();
  return {};
}

}  // namespace ensue
