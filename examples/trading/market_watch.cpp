#include "market_watch.hpp"

#include <utility>

namespace trading {
namespace {

// Figures first, then the book, then those who decide by them.
constexpr int statistics_priority = 40;
constexpr int book_priority = 30;

template <class E, class F>
ensue::subscription watch(ensue::bus& bus, const char* name, int priority, F f) {
  ensue::subscribe_options<E> options;
  options.name = name;
  options.priority = priority;
  return bus.subscribe<E>(std::move(f), std::move(options));
}

}  // namespace

void market_statistics::start() {
  const auto take = [this](const auto& e) { at(e.tape).on(e); };
  subscriptions_.push_back(watch<trade>(bus_, "statistics", statistics_priority, take));
  subscriptions_.push_back(watch<quote>(bus_, "statistics", statistics_priority, take));
  subscriptions_.push_back(watch<depth_update>(bus_, "statistics", statistics_priority, take));
  subscriptions_.push_back(watch<book_snapshot>(bus_, "statistics", statistics_priority, take));
  subscriptions_.push_back(watch<other_row>(bus_, "statistics", statistics_priority, take));
}

tape_statistics& market_statistics::at(std::uint32_t tape) {
  if (tape >= tapes_.size()) tapes_.resize(tape + 1);
  return tapes_[tape];
}

const tape_statistics& market_statistics::of(std::uint32_t tape) { return at(tape); }

void order_books::start() {
  const auto take = [this](const auto& e) { on(e); };
  subscriptions_.push_back(watch<depth_update>(bus_, "order book", book_priority, take));
  subscriptions_.push_back(watch<book_snapshot>(bus_, "order book", book_priority, take));
}

order_books::shelf& order_books::at(std::uint32_t tape) {
  if (tape >= tapes_.size()) tapes_.resize(tape + 1);
  return tapes_[tape];
}

const per_symbol<order_book>& order_books::of(std::uint32_t tape) { return at(tape).books; }

void order_books::on(const depth_update& d) {
  shelf& s = at(d.tape);
  s.current = d.instrument;
  order_book& book = s.books[d.instrument];
  for (const auto& early : std::exchange(s.pending, {})) book.on(early);
  book.on(d);
}

void order_books::on(const book_snapshot& snapshot) {
  shelf& s = at(snapshot.tape);
  // A snapshot does not name its symbol. It is of the book whose diffs overlap it.
  for (auto& [instrument, book] : s.books) {
    if (book.overlaps(snapshot)) return book.on(snapshot);
  }
  if (s.books.size() != 0) return s.books[s.current].on(snapshot);
  s.pending.assign(1, snapshot);
}

}  // namespace trading
