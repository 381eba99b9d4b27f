#pragma once

#include "decimal.hpp"
#include "symbol.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What travels on the bus. Plain structs; handlers see them immutable.
namespace trading {

enum class tape_form : std::uint8_t { unknown, crypto, equity_trades, equity_quotes };

/// What every row of a tape says.
struct tick {
  symbol instrument;     ///< empty in a book snapshot: it is of the symbol of its tape
  std::int64_t row = 0;  ///< line of the tape, from 1
  std::int64_t stamp_ns =
      0;  ///< received (crypto: since 1970) or traded (equities: since midnight)
  std::int64_t event_ms = -1;  ///< the exchange's own time of sending; -1 when the row has none
  std::uint32_t tape = 0;      ///< which tape of this run
  tape_form form = tape_form::unknown;
};

enum class side : std::uint8_t { buy, sell };

struct trade : tick {
  static constexpr std::string_view event_name = "market.trade";
  std::int64_t id = -1;  ///< rises by one; -1 when the row has none
  std::int64_t trade_ms = -1;
  decimal price;
  decimal quantity;
  side taker = side::buy;  ///< who crossed the spread; unknown (buy) for equities
  symbol venue;
  bool suspicious = false;
};

struct quote : tick {
  static constexpr std::string_view event_name = "market.quote";
  std::int64_t update_id = -1;
  decimal bid, bid_quantity, ask, ask_quantity;  ///< price 0: that side is not in this row
  symbol venue;
  bool suspicious = false;
};

/// One price of a book; quantity 0 removes it.
struct price_level {
  decimal price;
  decimal quantity;
};

struct depth_update : tick {
  static constexpr std::string_view event_name = "market.depth";
  std::int64_t first_id = 0;      ///< U
  std::int64_t last_id = 0;       ///< u
  std::int64_t previous_id = -1;  ///< pu: the last_id of the update before; futures only
  std::vector<price_level> bids, asks;
};

struct book_snapshot : tick {
  static constexpr std::string_view event_name = "market.snapshot";
  std::int64_t last_id = 0;
  std::vector<price_level> bids, asks;
};

/// A well-formed row of a kind this program has no use for; counted by name.
struct other_row : tick {
  static constexpr std::string_view event_name = "market.other";
  std::string kind;
};

/// What a tape or a simulated market yields, one at a time.
using market_event = std::variant<trade, quote, depth_update, book_snapshot, other_row>;

/// The tick every kind of market event begins with.
tick& tick_of(market_event& event) noexcept;
const tick& tick_of(const market_event& event) noexcept;

struct order_request {
  static constexpr std::string_view event_name = "order.request";
  symbol instrument;
  std::int64_t id = 0;
  std::int64_t stamp_ns = 0;
  side direction = side::buy;
  decimal price;
  decimal quantity;
};

struct order_accepted {
  static constexpr std::string_view event_name = "order.accepted";
  order_request order;
};

enum class veto : std::uint8_t { no_price, price_band, notional, position, rate };
inline constexpr std::size_t veto_count = 5;
std::string_view veto_name(veto reason) noexcept;

struct order_vetoed {
  static constexpr std::string_view event_name = "order.vetoed";
  order_request order;
  veto reason = veto::no_price;
};

}  // namespace trading
