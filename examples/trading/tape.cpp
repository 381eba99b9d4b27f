#include "tape.hpp"

#include <utility>

namespace trading {

tape::tape(const std::string& path, std::uint32_t number)
    : path_{path}, number_{number}, source_{path}, lines_{source_} {}

double tape::progress() const noexcept {
  if (source_.size() == 0) return -1;
  return lines_.position() / static_cast<double>(source_.size());
}

std::string tape::error() const {
  if (!source_.error().empty()) return source_.error();
  if (ended_ && form_ == tape_form::unknown && !source_.interrupted()) {
    return lines() == 0 ? "the tape is empty"
                        : "not a tape: no capture line (\"<ns> {...}\") and no CSV header "
                          "(ms_since_midnight_ny,...) in it";
  }
  return {};
}

void tape::refuse(std::string reason) {
  ++bad_count_;
  if (bad_lines_.size() < bad_lines_listed) bad_lines_.push_back({lines(), std::move(reason)});
}

/// Learns the form from `line`; false when there is nothing else in it.
bool tape::recognise(std::string_view line) {
  if (crypto_line::looks_like(line)) {
    form_ = tape_form::crypto;
    return true;
  }
  if (csv_.read_header(line)) {
    form_ = csv_.holds() == csv_line::rows::trades ? tape_form::equity_trades
                                                   : tape_form::equity_quotes;
  } else if (line.find_first_not_of(" \t") != line.npos) {
    refuse("neither a capture line nor a CSV header");
  }
  return false;
}

bool tape::use(std::string_view line, market_event& out) {
  if (lines() == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);  // a UTF-8 mark
  if (form_ == tape_form::unknown && !recognise(line)) return false;
  if (line.find_first_not_of(" \t") == line.npos) {
    refuse("empty line");
    return false;
  }
  const bool crypto = form_ == tape_form::crypto;
  if (!(crypto ? crypto_.parse(line, out) : csv_.parse(line, out))) {
    refuse(crypto ? crypto_.fault() : csv_.fault());
    return false;
  }
  tick& t = tick_of(out);
  t.row = lines();
  t.tape = number_;
  t.form = form_;
  ++rows_;
  return true;
}

tape::status tape::next(market_event& out) {
  std::string_view line;
  while (true) {
    switch (lines_.next(line)) {
      case line_reader::status::line:
        if (use(line, out)) return status::event;
        break;
      case line_reader::status::too_long:
        refuse("line longer than " + std::to_string(line_reader::longest) + " bytes");
        break;
      case line_reader::status::starved: return ended_ ? status::end : status::starved;
    }
  }
}

void tape::fill() { ended_ = !lines_.fill(); }

}  // namespace trading
