#include <ensue/event/json.hpp>
#include <ensue/flow/schedule_file.hpp>

#include <algorithm>
#include <optional>

namespace ensue {
namespace {

struct change {
  std::optional<kept_schedule> save;
  std::optional<std::string> remove;
};
BOOST_DESCRIBE_STRUCT(change, (), (save, remove))

result<std::string> text_of(const change& c) {
  auto text = encode_json(c);
  if (!text) return make_error_code(errc::invalid);
  return *std::move(text);
}

class flag {
 public:
  explicit flag(bool& f) noexcept : flag_{f} { f = true; }
  flag(const flag&) = delete;
  flag& operator=(const flag&) = delete;
  ~flag() { flag_ = false; }

 private:
  bool& flag_;
};

}  // namespace

task<journal_result<std::unique_ptr<schedule_file>>> schedule_file::open(runtime& rt, disk& on,
                                                                         std::string path,
                                                                         bool salvage) {
  std::unique_ptr<schedule_file> file{new schedule_file};
  journal_options o;
  o.kind = "schedules/1";
  o.record_bytes_max = 64 << 10;
  o.salvage = salvage;
  schedule_file* const reads = file.get();
  const journal::replay each = [reads](std::string_view record, std::uint64_t) {
    return reads->take(record);
  };
  auto opened = co_await journal::open(rt, on, std::move(path), o, each);
  if (!opened) co_return opened.error();
  file->journal_ = std::move(*opened);
  co_return std::move(file);
}

result<> schedule_file::take(std::string_view record) {
  auto read = decode_json<change>(record);
  if (!read || read->save.has_value() == read->remove.has_value())
    return make_error_code(errc::invalid);
  if (read->remove) {
    kept_.erase(*read->remove);
  } else {
    kept_.insert_or_assign(read->save->id, *read->save);
  }
  return {};
}

task<result<std::vector<kept_schedule>>> schedule_file::load() {
  std::vector<kept_schedule> all;
  for (const auto& [id, s] : kept_) all.push_back(s);
  co_return all;
}

task<result<>> schedule_file::save(kept_schedule given) {
  change c;
  c.save = std::move(given);
  auto text = text_of(c);
  if (!text) co_return text.error();
  kept_.insert_or_assign(c.save->id, *c.save);
  std::string record = *std::move(text);
  co_return co_await write(std::move(record));
}

task<result<>> schedule_file::remove(std::string id) {
  change c;
  c.remove = std::move(id);
  auto text = text_of(c);
  if (!text) co_return text.error();
  kept_.erase(*c.remove);
  std::string record = *std::move(text);
  co_return co_await write(std::move(record));
}

task<result<>> schedule_file::write(std::string record) {
  const result<> written = co_await journal_->append(std::move(record));
  if (!written || compacting_ || journal_->file_bytes() < compact_at_) co_return written;
  const flag busy{compacting_};
  std::vector<std::string> all = records();
  std::uint64_t bytes = 0;
  for (const std::string& r : all) bytes += r.size() + 16;
  compact_at_ = std::max<std::uint64_t>(compact_at_, 4 * bytes);
  if (journal_->file_bytes() < compact_at_) co_return written;
  (void)co_await journal_->compact(std::move(all));  // the old file is as good
  co_return written;
}

std::vector<std::string> schedule_file::records() const {
  std::vector<std::string> all;
  for (const auto& [id, s] : kept_) {
    change c;
    c.save = s;
    if (auto text = text_of(c)) all.push_back(*std::move(text));
  }
  return all;
}

}  // namespace ensue
