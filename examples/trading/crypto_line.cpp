#include "crypto_line.hpp"

#include <charconv>
#include <optional>
#include <utility>

namespace trading {

/// A price or a quantity, or why there is none.
struct crypto_line::number {
  std::optional<decimal> value{};
  const char* fault = "missing";
};

/// The members of a message, as far as they had a usable value; absent and unusable are the same
/// until it is known which kind of message wants them.
struct crypto_line::message {
  std::string kind;  // "e", or what follows the @ of the stream's name
  std::string stream_kind;
  symbol instrument;
  std::optional<std::int64_t> event_ms, trade_ms, first_id, last_id, previous_id, trade_id;
  std::optional<std::int64_t> snapshot_id;
  number price, quantity, bid, bid_quantity, ask, ask_quantity;
  std::optional<bool> buyer_is_maker;
  std::vector<price_level> bids, asks;
};

namespace {

/// A stamp or an id: whole and not negative.
bool read_integer(json_scanner& in, std::optional<std::int64_t>& out) {
  std::string_view token;
  const char c = in.peek();
  out.reset();
  if (c < '0' || c > '9') return in.skip();
  if (!in.string_or_number(token)) return false;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (error == std::errc{} && end == token.data() + token.size()) out = value;
  return true;
}

bool read_boolean(json_scanner& in, std::optional<bool>& out) {
  const char c = in.peek();
  out.reset();
  if (c != 't' && c != 'f') return in.skip();
  bool value = false;
  if (!in.boolean(value)) return false;
  out = value;
  return true;
}

bool read_text(json_scanner& in, std::string_view& out) {
  out = {};
  return in.peek() == '"' ? in.text(out) : in.skip();
}

/// What json_scanner says of a number in a book: text that lives on.
const char* fault_of_level(std::string_view token) noexcept {
  const std::string_view fault = decimal::fault(token);
  if (fault == "an exponent") return "expected a decimal of at most 18 digits, found an exponent";
  if (fault == "too many digits") return "expected a decimal of at most 18 digits, found more";
  return "expected a decimal of at most 18 digits";
}

/// "trade without a usable price (p): an exponent"
std::string without(const char* what, const char* fault) {
  return std::string(what) + ": " + fault;
}

/// The kind of a stream name such as "btcusdt@depth@100ms", as the "e" member would call it.
std::string_view kind_of_stream(std::string_view name) noexcept {
  const auto at = name.find('@');
  if (at == name.npos) return {};
  name.remove_prefix(at + 1);
  name = name.substr(0, name.find('@'));
  return name == "depth" ? "depthUpdate" : name;
}

}  // namespace

bool crypto_line::looks_like(std::string_view line) noexcept {
  const auto space = line.find_first_not_of("0123456789");
  if (space == 0 || space == line.npos || line[space] != ' ') return false;
  const auto brace = line.find_first_not_of(' ', space);
  return brace != line.npos && line[brace] == '{';
}

bool crypto_line::read_decimal(json_scanner& in, number& out) {
  std::string_view token;
  const char c = in.peek();
  out = {std::nullopt, decimal::fault("")};
  if (c != '"' && c != '-' && (c < '0' || c > '9')) return in.skip();
  if (!in.string_or_number(token)) return false;
  out.value = decimal::parse(token);
  if (!out.value) out.fault = decimal::fault(token);
  return true;
}

bool crypto_line::refuse(std::string why) {
  fault_ = std::move(why);
  return false;
}

bool crypto_line::parse(std::string_view line, market_event& out) {
  std::int64_t local_ns = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), local_ns);
  const auto digits = static_cast<std::size_t>(end - line.data());
  if (error != std::errc{} || local_ns < 0 || digits == line.size() || line[digits] != ' ') {
    return refuse("expected a receive time in ns and a space");
  }
  json_scanner in{line.substr(digits)};
  message m;
  if (!read(in, m) || !in.finish()) {
    return refuse("column " + std::to_string(digits + in.offset() + 1) + ": " + in.reason());
  }
  return build(m, local_ns, out);
}

bool crypto_line::read(json_scanner& in, message& m) {
  std::string_view key;
  if (!in.enter_object()) return false;
  while (in.next_key(key)) {
    if (key == "stream") {
      std::string_view name;
      if (!read_text(in, name)) return false;
      m.stream_kind = kind_of_stream(name);
    } else if (key == "data" && in.peek() == '{') {
      in.enter_object();
      while (in.next_key(key)) {
        if (!read_member(in, key, m)) return false;
      }
    } else if (!read_member(in, key, m)) {
      return false;
    }
  }
  return !in.failed();
}

bool crypto_line::read_levels(json_scanner& in, std::vector<price_level>& levels) {
  levels.clear();
  if (!in.enter_array()) return false;
  while (in.next_item()) {
    std::string_view token;
    std::optional<decimal> pair[2];
    if (!in.enter_array()) return false;
    for (auto& number : pair) {
      if (!in.next_item()) return in.fail("expected [price, quantity]");
      if (!in.string_or_number(token)) return false;
      number = decimal::parse(token);
      if (!number) return in.fail(fault_of_level(token));
    }
    while (in.next_item()) {
      if (!in.skip()) return false;
    }
    levels.push_back({*pair[0], *pair[1]});
  }
  return !in.failed();
}

bool crypto_line::read_member(json_scanner& in, std::string_view key, message& m) {
  if (key.size() == 1) return read_letter(in, key[0], m);
  if (key == "pu") return read_integer(in, m.previous_id);
  if (key == "lastUpdateId") return read_integer(in, m.snapshot_id);
  if (key == "bids" && in.peek() == '[') return read_levels(in, m.bids);
  if (key == "asks" && in.peek() == '[') return read_levels(in, m.asks);
  return in.skip();
}

bool crypto_line::read_letter(json_scanner& in, char key, message& m) {
  std::string_view text;
  switch (key) {
    case 'e':
      if (!read_text(in, text)) return false;
      m.kind = text;
      return true;
    case 's':
      if (!read_text(in, text)) return false;
      m.instrument = symbol{text};
      return true;
    case 'E': return read_integer(in, m.event_ms);
    case 'T': return read_integer(in, m.trade_ms);
    case 'U': return read_integer(in, m.first_id);
    case 'u': return read_integer(in, m.last_id);
    case 't': return read_integer(in, m.trade_id);
    case 'p': return read_decimal(in, m.price);
    case 'q': return read_decimal(in, m.quantity);
    case 'b': return in.peek() == '[' ? read_levels(in, m.bids) : read_decimal(in, m.bid);
    case 'a': return in.peek() == '[' ? read_levels(in, m.asks) : read_decimal(in, m.ask);
    case 'B': return read_decimal(in, m.bid_quantity);
    case 'A': return read_decimal(in, m.ask_quantity);
    case 'm': return read_boolean(in, m.buyer_is_maker);
    default: return in.skip();
  }
}

std::string crypto_line::fill(message& m, trade& t) {
  if (m.instrument.empty()) return "trade without a usable symbol (s)";
  if (!m.trade_id) return "trade without a usable id (t)";
  if (!m.price.value) return without("trade without a usable price (p)", m.price.fault);
  if (!m.quantity.value) return without("trade without a usable quantity (q)", m.quantity.fault);
  if (!m.buyer_is_maker) return "trade without its taker's side (m)";
  t.id = *m.trade_id;
  t.trade_ms = m.trade_ms.value_or(-1);
  t.price = *m.price.value;
  t.quantity = *m.quantity.value;
  t.taker = *m.buyer_is_maker ? side::sell : side::buy;
  return {};
}

std::string crypto_line::fill(message& m, quote& q) {
  if (m.instrument.empty()) return "bookTicker without a usable symbol (s)";
  if (!m.last_id) return "bookTicker without a usable update id (u)";
  const std::pair<const number*, const char*> wanted[] = {
      {&m.bid, "bookTicker without a usable bid (b)"},
      {&m.bid_quantity, "bookTicker without a usable bid quantity (B)"},
      {&m.ask, "bookTicker without a usable ask (a)"},
      {&m.ask_quantity, "bookTicker without a usable ask quantity (A)"}};
  for (const auto& [number, what] : wanted)
    if (!number->value) return without(what, number->fault);
  q.update_id = *m.last_id;
  q.bid = *m.bid.value;
  q.bid_quantity = *m.bid_quantity.value;
  q.ask = *m.ask.value;
  q.ask_quantity = *m.ask_quantity.value;
  return {};
}

std::string crypto_line::fill(message& m, depth_update& d) {
  if (m.instrument.empty()) return "depthUpdate without a usable symbol (s)";
  if (!m.first_id || !m.last_id) return "depthUpdate without usable ids (U, u)";
  d.first_id = *m.first_id;
  d.last_id = *m.last_id;
  d.previous_id = m.previous_id.value_or(-1);
  d.bids = std::move(m.bids);
  d.asks = std::move(m.asks);
  return {};
}

std::string crypto_line::fill(message& m, book_snapshot& snapshot) {
  snapshot.last_id = *m.snapshot_id;
  snapshot.bids = std::move(m.bids);
  snapshot.asks = std::move(m.asks);
  return {};
}

std::string crypto_line::fill(message& m, other_row& other) {
  if (m.kind.empty()) return "neither an event type (e), a stream name nor a snapshot";
  other.kind = m.kind.substr(0, 64);
  return {};
}

template <class Event>
bool crypto_line::build(message& m, std::int64_t local_ns, market_event& out) {
  auto& event = out.emplace<Event>();
  event.instrument = m.instrument;
  event.stamp_ns = local_ns;
  event.event_ms = m.event_ms.value_or(-1);
  std::string why = fill(m, event);
  return why.empty() || refuse(std::move(why));
}

bool crypto_line::build(message& m, std::int64_t local_ns, market_event& out) {
  if (m.kind.empty()) m.kind = std::move(m.stream_kind);
  if (m.kind == "trade") return build<trade>(m, local_ns, out);
  if (m.kind == "bookTicker") return build<quote>(m, local_ns, out);
  if (m.kind == "depthUpdate") return build<depth_update>(m, local_ns, out);
  if (m.kind.empty() && m.snapshot_id) return build<book_snapshot>(m, local_ns, out);
  return build<other_row>(m, local_ns, out);
}

}  // namespace trading
