#pragma once

#include "byte_source.hpp"
#include "crypto_line.hpp"
#include "csv_line.hpp"
#include "events.hpp"
#include "line_reader.hpp"
#include "market_source.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace trading {

/// One recorded market: a crypto capture or an equities CSV, told apart by their content, as
/// market events in the order of the file. Memory is bounded whatever the tape holds.
class tape final : public market_source {
 public:
  static constexpr std::size_t bad_lines_listed = 20;

  /// A path or "-" for standard input. `number` is written into every event.
  tape(const std::string& path, std::uint32_t number);

  status next(market_event& out) override;
  /// Reads and unpacks the next block.
  void fill() override;
  void interrupt() noexcept override { source_.interrupt(); }
  bool slow() const noexcept override { return source_.size() == 0; }

  std::string path() const override { return path_; }
  /// The path without its folders.
  std::string name() const override { return path_.substr(path_.rfind('/') + 1); }
  tape_form form() const noexcept override { return form_; }
  std::int64_t rows() const noexcept override { return rows_; }
  std::int64_t lines() const noexcept { return lines_.lines(); }
  std::int64_t bytes() const noexcept override { return lines_.bytes(); }
  double progress() const noexcept override;
  std::int64_t bad_line_count() const noexcept override { return bad_count_; }
  /// The first `bad_lines_listed` of them.
  std::vector<bad_line> bad_lines() const override { return bad_lines_; }
  std::string error() const override;

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

}  // namespace trading
