#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/base/log.hpp>

#include <memory>
#include <string>

namespace ensue {

/// How log lines look and where they go.
struct log_options {
  enum class format : std::uint8_t { text, json };
  enum class colour : std::uint8_t { automatic, always, never };
  log_level level = log_level::info;
  format form = format::text;
  colour colours = colour::automatic;  ///< automatic: on a terminal, unless NO_COLOR is set
  std::string file{};                  ///< appended to; empty: standard error
};

/// Writes log lines through spdlog: "12:00:01.250 warning a handler failed handler=mail error=…",
/// or one JSON object a line with time, level, message, app and the fields.
///
/// Threads: loop thread only. Cost: one write per line, on the loop; a full pipe blocks it.
/// Errors: what cannot be written is lost.
class spdlog_sink final : public log_sink {
 public:
  /// `rt` gives the time and must outlive the sink. Errors: throws std::runtime_error naming the
  /// file when it cannot be opened.
  spdlog_sink(const runtime& rt, std::string app, const log_options& options);
  ~spdlog_sink() override;

  bool enabled(log_level level) const noexcept override;
  void write(log_level level, std::string_view message,
             std::span<const log_field> fields) noexcept override;

 private:
  struct logger;
  std::unique_ptr<logger> logger_;
};

}  // namespace ensue
