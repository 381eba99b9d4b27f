#include "arguments.hpp"

#include <charconv>
#include <cmath>
#include <functional>
#include <optional>
#include <string_view>

namespace trading {

const char* const help_text =
    R"(Plays a trading day: market feed -> bus -> order book, strategy, risk desk, kill switch.

usage: trading [TAPE...] [options]

  trading                          the tape that ships with the example
  trading day.txt.gz               a crypto capture or an equities CSV, gzip or plain
  zcat day.gz | trading -          the same from standard input
  trading a.gz b.gz --json         both merged by time; figures for machines, one object per tape
  trading day.txt.gz --speed 10    ten times the recorded pace (Ctrl-C: a true summary so far)
  trading --simulate 1000000 --seed 7   a simulated market instead of a tape
  trading --kill-drill             pull the kill switch in the middle of the day
  trading --max-position 5000      see the risk desk say no

options:
  --speed N              times the recorded pace; without it as fast as it goes
  --json                 print JSON instead of the summary
  --simulate N           N events of a simulated market
  --seed S               of the simulated market (1)
  --kill-drill           kill switch after 10 accepted orders
  --max-order X          largest order, in money (10000)
  --max-position X       largest position per symbol, in money (50000)
  --max-drawdown X       loss from the peak that pulls the kill switch (250)
  --orders-per-second N  accepted orders a second of market time (3)
  --price-band BPS       largest distance from the last price (50)
  --help                 this text

A capture line is "<receive ns> <JSON>", the CSV has a header "ms_since_midnight_ny,...". The
content decides, not the name. Bad lines are counted, named and skipped.

exit code: 0 all went well, 1 a tape could not be read to its end or the drill failed, 2 usage
)";

namespace {

template <class Number>
std::optional<Number> number(std::string_view text, Number least) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= least) || !std::isfinite(static_cast<double>(value))) return std::nullopt;
  return value;
}

/// Reads one command line, word by word.
class reader {
 public:
  reader(std::span<const char* const> words, arguments& out) : words_{words}, out_{out} {}

  void run() {
    while (at_ < words_.size() && out_.error.empty()) {
      const std::string_view word = words_[at_++];
      if (only_tapes_ || word == "-" || !word.starts_with("-")) {
        out_.tapes.emplace_back(word);
      } else if (word == "--") {
        only_tapes_ = true;
      } else if (!flag(word) && !option(word)) {
        out_.error = "unknown option " + std::string(word);
      }
    }
    if (out_.simulate > 0 && !out_.tapes.empty()) out_.error = "--simulate takes no tape";
  }

 private:
  bool flag(std::string_view word) {
    if (word == "--json") return out_.json = true;
    if (word == "--kill-drill") return out_.kill_drill = true;
    if (word == "--help" || word == "-h") return out_.help = true;
    return false;
  }

  bool option(std::string_view word) {
    const auto equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    inline_value_ =
        equals == word.npos ? std::nullopt : std::optional{std::string(word.substr(equals + 1))};
    if (name == "--speed") return take(name, out_.speed, 1e-6, "a number above 0");
    if (name == "--simulate")
      return take<std::int64_t>(name, out_.simulate, 1, "a whole number from 1");
    if (name == "--seed") return take<std::uint64_t>(name, out_.seed, 0, "a whole number");
    if (name == "--max-order") return take(name, out_.limits.order_notional_max, 0.0, "a number");
    if (name == "--max-position")
      return take(name, out_.limits.position_notional_max, 0.0, "a number");
    if (name == "--max-drawdown") return take(name, out_.limits.drawdown_max, 0.0, "a number");
    if (name == "--price-band") return take(name, out_.limits.price_band_bps, 0.0, "a number");
    if (name == "--orders-per-second") {
      constexpr std::int64_t most = 1'000'000;
      if (!take<std::int64_t>(name, out_.limits.orders_per_second_max, 0, "a whole number"))
        return false;
      if (out_.limits.orders_per_second_max > most)
        out_.error = "--orders-per-second: at most 1000000";
      return true;
    }
    return false;
  }

  template <class Number>
  bool take(std::string_view name, Number& into, Number least, const char* expected) {
    std::string value;
    if (inline_value_) {
      value = *inline_value_;
    } else if (at_ < words_.size()) {
      value = words_[at_++];
    } else {
      out_.error = std::string(name) + " needs a value: " + expected;
      return true;
    }
    const auto parsed = number<Number>(value, least);
    if (parsed) {
      into = *parsed;
    } else {
      out_.error = std::string(name) + " \"" + value + "\": expected " + expected;
    }
    return true;
  }

  std::span<const char* const> words_;
  arguments& out_;
  std::size_t at_ = 0;
  bool only_tapes_ = false;
  std::optional<std::string> inline_value_;
};

}  // namespace

arguments read_arguments(std::span<const char* const> words) {
  arguments out;
  reader{words, out}.run();
  return out;
}

}  // namespace trading
