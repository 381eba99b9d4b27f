#pragma once

#include "byte_source.hpp"
#include "crypto_line.hpp"
#include "csv_line.hpp"
#include "events.hpp"
#include "line_reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trading {

/// A line that could not be used, and why. The tape goes on behind it.
struct bad_line {
  std::int64_t line = 0;
  std::string reason;
};

/// One recorded market: a crypto capture or an equities CSV, told apart by their content, as
/// market events in the order of the file. Memory is bounded whatever the tape holds.
class tape {
 public:
  static constexpr std::size_t bad_lines_listed = 20;

  enum class status { event, starved, end };

  /// A path or "-" for standard input. `number` is written into every event.
  tape(const std::string& path, std::uint32_t number);

  /// The next event. `starved`: call `fill()` first. Never blocks.
  status next(market_event& out);

  /// Reads and unpacks the next block; blocks on a slow source, so it may be called on another
  /// thread while nothing else touches the tape.
  void fill();

  const std::string& path() const noexcept { return path_; }
  /// The path without its folders.
  std::string base_name() const;
  tape_form form() const noexcept { return form_; }
  std::int64_t rows() const noexcept { return rows_; }  ///< events given
  std::int64_t lines() const noexcept { return lines_.lines(); }
  std::int64_t bytes() const noexcept { return lines_.bytes(); }  ///< unpacked
  std::int64_t bad_line_count() const noexcept { return bad_count_; }
  const std::vector<bad_line>& bad_lines() const noexcept { return bad_lines_; }
  /// Empty, or why the tape could not be read to its end; the events before it are good.
  std::string error() const;
  const byte_source& source() const noexcept { return source_; }

 private:
  bool use(std::string_view line, market_event& out);
  bool recognise(std::string_view line);
  void refuse(std::string reason);

  std::string path_;
  std::uint32_t number_;
  byte_source source_;
  line_reader lines_;
  tape_form form_ = tape_form::unknown;
  crypto_line crypto_;
  csv_line csv_;
  bool ended_ = false;
  std::int64_t rows_ = 0;
  std::int64_t bad_count_ = 0;
  std::vector<bad_line> bad_lines_;
};

/// The tick every kind of market event begins with.
tick& tick_of(market_event& event) noexcept;
const tick& tick_of(const market_event& event) noexcept;

}  // namespace trading
