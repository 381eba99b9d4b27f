#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace ensue {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// One named value of a log line. Text is borrowed for the call.
struct log_field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, double, bool> value;
};

/// Where log lines go. Implemented by the application (a sink on spdlog is in app), by the
/// simulator and by tests. Called on the loop thread only; must not block or throw.
class log_sink {
 public:
  virtual ~log_sink() = default;
  virtual bool enabled(log_level) const noexcept { return true; }
  virtual void write(log_level level, std::string_view message,
                     std::span<const log_field> fields) noexcept = 0;
};

/// Drops everything.
class null_log final : public log_sink {
 public:
  bool enabled(log_level) const noexcept override { return false; }
  void write(log_level, std::string_view, std::span<const log_field>) noexcept override {}
};

}  // namespace ensue
