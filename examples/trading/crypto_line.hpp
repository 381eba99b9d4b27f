#pragma once

#include "events.hpp"
#include "json_scanner.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace trading {

/// Reads lines of a crypto capture, `<local receive ns> <JSON>`. The JSON is a combined-stream
/// wrapper {"stream":…,"data":{…}} around a trade, bookTicker or depthUpdate, the same without
/// the wrapper, or a REST depth snapshot {"lastUpdateId":…,"bids":…,"asks":…}. Keys may come in
/// any order, unknown keys are skipped, of repeated keys the last one counts. Other event types are
/// an `other_row` by their name.
class crypto_line {
 public:
  /// Fills `out`, except row and tape. False when the line is bad: `fault()` says what and where.
  bool parse(std::string_view line, market_event& out);
  const std::string& fault() const noexcept { return fault_; }

  /// Does a line look like one of this format? (digits, a space, a brace)
  static bool looks_like(std::string_view line) noexcept;

 private:
  struct number;
  struct message;

  static bool read(json_scanner& in, message& m);
  static bool read_member(json_scanner& in, std::string_view key, message& m);
  static bool read_letter(json_scanner& in, char key, message& m);
  static bool read_decimal(json_scanner& in, number& out);
  static bool read_levels(json_scanner& in, std::vector<price_level>& levels);
  static std::string fill(message& m, trade& t);
  static std::string fill(message& m, quote& q);
  static std::string fill(message& m, depth_update& d);
  static std::string fill(message& m, book_snapshot& snapshot);
  static std::string fill(message& m, other_row& other);
  template <class Event>
  bool build(message& m, std::int64_t local_ns, market_event& out);
  bool build(message& m, std::int64_t local_ns, market_event& out);
  bool refuse(std::string why);

  std::string fault_;
};

}  // namespace trading
