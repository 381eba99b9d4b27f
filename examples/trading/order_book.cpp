#include "order_book.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace trading {
namespace {

/// Sets, adds or removes one price of a side sorted by `worse`.
template <class Worse>
void change(std::vector<price_level>& levels, const price_level& level, Worse worse) {
  const auto place = std::lower_bound(
      levels.begin(), levels.end(), level,
      [&](const price_level& a, const price_level& b) { return worse(a.price, b.price); });
  const bool found = place != levels.end() && place->price == level.price;
  if (level.quantity.zero()) {
    if (found) levels.erase(place);
  } else if (found) {
    place->quantity = level.quantity;
  } else if (levels.size() < order_book::levels_max) {
    levels.insert(place, level);
  }
}

}  // namespace

void order_book::on(const depth_update& d) {
  if (state_ == state::synced) {
    join(d);
  } else {
    keep(d);
  }
}

void order_book::on(const book_snapshot& s) {
  if (state_ == state::synced && s.last_id <= last_id_) return;  // older than the book
  bids_.clear();
  asks_.clear();
  for (const auto& level : s.bids) change(bids_, level, std::less<>{});
  for (const auto& level : s.asks) change(asks_, level, std::greater<>{});
  if (state_ == state::stale) ++counts_.resyncs;
  state_ = state::synced;
  joined_ = false;
  last_id_ = s.last_id;
  for (auto& d : std::exchange(waiting_, {})) on(d);
}

bool order_book::overlaps(const book_snapshot& s) const noexcept {
  if (state_ == state::synced) return false;
  const auto meets = [&](const depth_update& d) {
    return d.first_id <= s.last_id + 1 && d.last_id >= s.last_id;
  };
  return std::any_of(waiting_.begin(), waiting_.end(), meets);
}

void order_book::keep(const depth_update& d) {
  if (waiting_.size() == waiting_max) {
    // The snapshot must overlap what is kept, so the older half is the one to give up.
    waiting_.erase(waiting_.begin(), waiting_.begin() + waiting_max / 2);
    counts_.discarded += waiting_max / 2;
  }
  waiting_.push_back(d);
}

void order_book::join(const depth_update& d) {
  const bool futures = d.previous_id >= 0;
  if (futures && !joined_ ? d.last_id < last_id_ : d.last_id <= last_id_) {
    ++counts_.dropped;
    return;
  }
  bool follows = false;
  if (joined_) {
    follows = futures ? d.previous_id == last_id_ : d.first_id == last_id_ + 1;
  } else {
    // Futures ids leave gaps between diffs: the first one that ends behind the snapshot may also
    // begin behind it, if it names the diff the snapshot was made at or after.
    follows = d.first_id <= last_id_ + 1 || (futures && d.previous_id <= last_id_);
  }
  if (!follows) {
    ++counts_.holes;
    state_ = state::stale;
    waiting_.clear();
    keep(d);
    return;
  }
  apply(d);
}

void order_book::apply(const depth_update& d) {
  for (const auto& level : d.bids) change(bids_, level, std::less<>{});
  for (const auto& level : d.asks) change(asks_, level, std::greater<>{});
  joined_ = true;
  last_id_ = d.last_id;
  ++counts_.applied;
}

std::optional<price_level> order_book::best_bid() const noexcept {
  if (state_ != state::synced || bids_.empty()) return std::nullopt;
  return bids_.back();
}

std::optional<price_level> order_book::best_ask() const noexcept {
  if (state_ != state::synced || asks_.empty()) return std::nullopt;
  return asks_.back();
}

bool order_book::crossed() const noexcept {
  const auto bid = best_bid();
  const auto ask = best_ask();
  return bid && ask && bid->price >= ask->price;
}

}  // namespace trading
