#pragma once

#include "events.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace trading {

/// One symbol's book, kept from depth diffs and a snapshot by the exchange's rule: diffs that come
/// before the snapshot are kept; of those and the later ones, what the snapshot already holds is
/// dropped by its update ids; the first one applied must overlap the snapshot and every next one
/// must follow the one before (spot: U = u before + 1; futures: pu = u before). A hole makes the
/// book unusable (`stale`) until a newer snapshot and its diffs join again.
/// Rule: Binance API documentation, "How to manage a local order book correctly".
class order_book {
 public:
  static constexpr std::size_t waiting_max = 10'000;  ///< diffs kept for a snapshot
  static constexpr std::size_t levels_max = 100'000;  ///< prices a side

  enum class state : std::uint8_t { waiting, synced, stale };

  struct counts {
    std::int64_t applied = 0;    ///< diffs in the book
    std::int64_t dropped = 0;    ///< diffs the snapshot or the book held already
    std::int64_t holes = 0;      ///< times the chain was broken
    std::int64_t resyncs = 0;    ///< times a snapshot made it whole again
    std::int64_t discarded = 0;  ///< diffs given up: too many waited for a snapshot
  };

  void on(const depth_update& d);
  void on(const book_snapshot& s);

  /// Do the ids of this snapshot meet those of the diffs seen so far?
  bool overlaps(const book_snapshot& s) const noexcept;

  /// Best price of a side; nothing while not synced or the side is empty.
  std::optional<price_level> best_bid() const noexcept;
  std::optional<price_level> best_ask() const noexcept;
  /// Bid at or above ask: diffs are lost or the tape is wrong.
  bool crossed() const noexcept;

  state current() const noexcept { return state_; }
  const counts& counted() const noexcept { return counts_; }
  std::int64_t last_id() const noexcept { return last_id_; }
  std::size_t waiting() const noexcept { return waiting_.size(); }
  /// Prices, worst first.
  const std::vector<price_level>& bids() const noexcept { return bids_; }
  const std::vector<price_level>& asks() const noexcept { return asks_; }

 private:
  void apply(const depth_update& d);
  void keep(const depth_update& d);
  void join(const depth_update& d);

  // Sorted so that the best price is last: most changes happen there and move little.
  std::vector<price_level> bids_, asks_;
  std::vector<depth_update> waiting_;
  state state_ = state::waiting;
  bool joined_ = false;  // a diff was applied on top of the snapshot
  std::int64_t last_id_ = 0;
  counts counts_;
};

}  // namespace trading
