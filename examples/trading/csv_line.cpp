#include "csv_line.hpp"

#include <charconv>
#include <utility>

namespace trading {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
constexpr std::uint8_t e4 = 4;
constexpr std::int64_t largest = 999'999'999'999'999'999;  // what a decimal holds

}  // namespace

std::size_t csv_line::split(std::string_view line) {
  std::size_t count = 0;
  while (count <= columns_max) {
    const auto comma = line.find(',');
    cells_[count++] = line.substr(0, comma);
    if (comma == line.npos) break;
    line.remove_prefix(comma + 1);
  }
  return count;
}

bool csv_line::read_header(std::string_view line) {
  if (line.find("ms_since_midnight_ny") == line.npos) return false;
  const std::size_t count = split(line);
  if (count > columns_max) return false;
  columns_ = count;
  const std::pair<std::string_view, std::size_t*> wanted[] = {{"ms_since_midnight_ny", &ms_},
                                                              {"symbol", &symbol_},
                                                              {"price_e4", &price_},
                                                              {"size", &size_},
                                                              {"venue", &venue_},
                                                              {"suspicious", &suspicious_},
                                                              {"bid_price_e4", &bid_},
                                                              {"bid_size", &bid_size_},
                                                              {"ask_price_e4", &ask_},
                                                              {"ask_size", &ask_size_}};
  for (const auto& [name, place] : wanted) *place = absent;
  for (std::size_t n = 0; n < count; ++n) {
    names_[n] = cells_[n];
    for (const auto& [name, place] : wanted) {
      if (name == cells_[n]) *place = n;
    }
  }
  const bool trades = symbol_ != absent && price_ != absent && size_ != absent;
  const bool quotes =
      bid_ != absent && bid_size_ != absent && ask_ != absent && ask_size_ != absent;
  holds_ = ms_ == absent ? rows::none : trades ? rows::trades : quotes ? rows::quotes : rows::none;
  return holds_ != rows::none;
}

bool csv_line::refuse(std::size_t column, const char* expected) {
  fault_ = names_[column] + " \"" + std::string(cells_[column].substr(0, 40)) + "\": expected " +
           expected;
  return false;
}

bool csv_line::integer(std::size_t column, std::int64_t least, std::int64_t& out) {
  const std::string_view cell = cells_[column];
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), out);
  if (error == std::errc{} && end == cell.data() + cell.size() && out >= least && out <= largest) {
    return true;
  }
  return refuse(column, least < 0 ? "an integer" : "an integer of 0 or more");
}

bool csv_line::flag(std::size_t column, bool& out) {
  if (column == absent) return true;
  if (cells_[column] != "0" && cells_[column] != "1") return refuse(column, "0 or 1");
  out = cells_[column] == "1";
  return true;
}

bool csv_line::short_text(std::size_t column, symbol& out) {
  if (column == absent) return true;
  out = symbol{cells_[column]};
  return !out.empty() || refuse(column, "1 to 15 characters");
}

bool csv_line::start(tick& t) {
  if (!integer(ms_, 0, t.event_ms)) return false;
  if (t.event_ms >= day_ms) return refuse(ms_, "milliseconds of one day");
  t.stamp_ns = t.event_ms * 1'000'000;
  return short_text(symbol_, t.instrument);
}

bool csv_line::parse(std::string_view line, market_event& out) {
  const std::size_t count = split(line);
  if (count != columns_) {
    fault_ = "expected " + std::to_string(columns_) + " columns, found " +
             (count > columns_max ? "more" : std::to_string(count));
    return false;
  }
  return holds_ == rows::trades ? parse_trade(out) : parse_quote(out);
}

bool csv_line::parse_trade(market_event& out) {
  auto& t = out.emplace<trade>();
  t.price.scale = e4;
  if (!start(t) || !integer(price_, 0, t.price.units) || !integer(size_, 0, t.quantity.units) ||
      !short_text(venue_, t.venue) || !flag(suspicious_, t.suspicious)) {
    return false;
  }
  t.trade_ms = t.event_ms;
  return true;
}

bool csv_line::parse_quote(market_event& out) {
  auto& q = out.emplace<quote>();
  q.bid.scale = q.ask.scale = e4;
  return start(q) && integer(bid_, 0, q.bid.units) && integer(bid_size_, 0, q.bid_quantity.units) &&
         integer(ask_, 0, q.ask.units) && integer(ask_size_, 0, q.ask_quantity.units) &&
         short_text(venue_, q.venue) && flag(suspicious_, q.suspicious);
}

}  // namespace trading
