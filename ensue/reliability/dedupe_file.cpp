#include <ensue/async/errors.hpp>
#include <ensue/event/json.hpp>
#include <ensue/reliability/dedupe_file.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

constexpr std::uint64_t compact_least = 16'384;  // a smaller file is not worth it

std::string text_of(const dedupe_key& key) {
  std::string text{key.source};
  text += '\0';
  return text += key.id;
}

}  // namespace

struct dedupe_file::work {
  static task<> tidy(dedupe_file& s) {
    const std::uint64_t live = s.live_bytes_ + s.by_age_.size() * journal_format::record_head_bytes;
    if (s.file_->error() ||
        s.file_->file_bytes() <= std::max({2 * live, compact_least, s.compact_from_}))
      co_return;
    std::vector<std::string> records;
    for (const entry& e : s.by_age_)
      if (!e.record.empty()) records.push_back(e.record);
    const auto done = co_await s.file_->compact(std::move(records));
    s.compact_from_ = done ? 0 : 2 * s.file_->file_bytes();
  }

  static task<> record(dedupe_file& s, dedupe_key key) {
    if (s.seen(key)) co_return;
    dedupe_record r;
    r.source = key.source;
    r.id = key.id;
    r.at = s.rt_.wall_now();
    const bool too_long = key.source.size() + key.id.size() > key_bytes_max;
    const auto text = encode_json(r);
    // In memory first: a file that is written anew meanwhile has it too.
    s.remember(text_of(key), text && !too_long ? *text : std::string{}, s.rt_.now());
    if (too_long) throw system_error{errc::invalid, "a key to remember is too long"};
    if (!text) throw system_error{errc::invalid, "a key to remember is no UTF-8"};
    const result<> done = co_await s.file_->append(*text);
    if (!done) throw system_error{done.error(), s.file_->path()};
    co_await tidy(s);
  }

  static task<journal_result<std::unique_ptr<dedupe_file>>> open(runtime& rt, ensue::disk& on,
                                                                 std::string path,
                                                                 dedupe_policy policy) {
    std::unique_ptr<dedupe_file> s{new dedupe_file{rt, policy}};
    const journal::replay each = [&s](std::string_view record, std::uint64_t) {
      return s->replay(record);
    };
    journal_options o;
    o.kind = "dedupe/1";
    auto file = co_await journal::open(rt, on, std::move(path), o, each);
    if (!file) co_return file.error();
    s->file_ = std::move(*file);
    s->forget_old();
    co_await tidy(*s);
    co_return std::move(s);
  }
};

task<journal_result<std::unique_ptr<dedupe_file>>> dedupe_file::open(runtime& rt, ensue::disk& on,
                                                                     std::string path,
                                                                     dedupe_policy policy) {
  return work::open(rt, on, std::move(path), policy);
}

bool dedupe_file::seen(const dedupe_key& key) {
  forget_old();
  return by_key_.contains(text_of(key));
}

task<> dedupe_file::record(dedupe_key key) { return work::record(*this, key); }

result<> dedupe_file::replay(std::string_view record) {
  const auto r = decode_json<dedupe_record>(record);
  if (!r) return errc::invalid;
  std::string key = text_of({r->source, r->id});
  if (by_key_.contains(key)) return {};
  const duration age = std::max(duration::zero(), duration{rt_.wall_now() - r->at});
  // Ages fall along the file; where the calendar was set back, they are made to.
  time_point at = rt_.now() - age;
  if (!by_age_.empty()) at = std::max(at, by_age_.back().at);
  remember(std::move(key), std::string{record}, at);
  return {};
}

void dedupe_file::remember(std::string key, std::string record, time_point at) {
  if (by_age_.size() >= policy_.entries_max) {
    if (rt_.now() - by_age_.front().at < policy_.window) ++evicted_early_;
    forget_oldest();
  }
  live_bytes_ += record.size();
  by_age_.push_back({std::move(key), std::move(record), at});
  by_key_.insert(by_age_.back().key);
}

void dedupe_file::forget_old() {
  while (!by_age_.empty() && rt_.now() - by_age_.front().at >= policy_.window) forget_oldest();
}

void dedupe_file::forget_oldest() {
  const entry& e = by_age_.front();
  live_bytes_ -= e.record.size();
  by_key_.erase(e.key);
  by_age_.pop_front();
}

}  // namespace ensue
