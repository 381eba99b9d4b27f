#include <ensue/flow/journal_store.hpp>

#include <utility>

namespace ensue {

journal_store::journal_store(runtime& rt, disk& on, std::string path, journal_store_options o)
    : rt_{rt}, disk_{on}, path_{std::move(path)}, options_{std::move(o)} {}

journal_store::~journal_store() = default;

task<result<>> journal_store::load(each f) { return open(*this, std::move(f)); }

task<result<>> journal_store::open(journal_store& s, each f) {
  journal_options how;
  how.kind = s.options_.kind;
  how.salvage = s.options_.salvage;
  journal::replay take = [&s, &f](std::string_view record, std::uint64_t) {
    ++s.records_;
    return f(record);
  };
  auto opened = co_await journal::open(s.rt_, s.disk_, s.path_, std::move(how), std::move(take));
  if (!opened) {
    s.why_ = opened.error().text();
    co_return opened.error().code;
  }
  s.journal_ = std::move(*opened);
  co_return result<>{};
}

task<result<>> journal_store::append(std::string record) {
  ENSUE_ASSERT(journal_, "a store is loaded before it is appended to");
  ++records_;
  return journal_->append(std::move(record));
}

task<result<>> journal_store::compact(std::vector<std::string> records) {
  ENSUE_ASSERT(journal_, "a store is loaded before it is compacted");
  records_ = records.size();
  return journal_->compact(std::move(records));
}

const journal_report& journal_store::report() const {
  ENSUE_ASSERT(journal_, "a store is loaded before it reports");
  return journal_->report();
}

task<result<>> journal_store::close() {
  ENSUE_ASSERT(journal_, "a store is loaded before it is closed");
  return journal_->close();
}

}  // namespace ensue
