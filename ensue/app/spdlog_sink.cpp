#include <ensue/app/log_line.hpp>
#include <ensue/app/spdlog_sink.hpp>

#include <spdlog/logger.h>
#include <spdlog/sinks/ansicolor_sink.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <cstdlib>
#include <stdexcept>
#include <unistd.h>

namespace ensue {
namespace {

spdlog::level::level_enum level_of(log_level level) noexcept {
  switch (level) {
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: break;
  }
  return spdlog::level::err;
}

bool coloured(const log_options& o) {
  if (o.form == log_options::format::json) return false;
  if (o.colours != log_options::colour::automatic) return o.colours == log_options::colour::always;
  return ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

spdlog::sink_ptr sink_of(const log_options& o) {
  if (!o.file.empty()) return std::make_shared<spdlog::sinks::basic_file_sink_st>(o.file);
  const auto mode = coloured(o) ? spdlog::color_mode::always : spdlog::color_mode::never;
  return std::make_shared<spdlog::sinks::ansicolor_stderr_sink_st>(mode);
}

}  // namespace

struct spdlog_sink::logger {
  logger(const runtime& r, std::string a, const log_options& o)
      : rt{r}, app{std::move(a)}, options{o}, out{app, sink_of(o)} {
    out.set_level(level_of(o.level));
    out.set_pattern(o.form == log_options::format::json ? "%v" : "%H:%M:%S.%e %^%l%$ %v");
    out.flush_on(spdlog::level::debug);
    out.set_error_handler([](const std::string&) {});
  }
  const runtime& rt;
  const std::string app;
  const log_options options;
  spdlog::logger out;
};

spdlog_sink::spdlog_sink(const runtime& rt, std::string app, const log_options& options) try
    : logger_{std::make_unique<logger>(rt, std::move(app), options)} {
} catch (const spdlog::spdlog_ex& e) {
  throw std::runtime_error{"log file " + options.file + ": " + e.what()};
}

spdlog_sink::~spdlog_sink() = default;

bool spdlog_sink::enabled(log_level level) const noexcept {
  return level >= logger_->options.level;
}

void spdlog_sink::write(log_level level, std::string_view message,
                        std::span<const log_field> fields) noexcept {
  if (!enabled(level)) return;
  try {
    const wall_time now = logger_->rt.wall_now();
    const std::string line = logger_->options.form == log_options::format::json
                                 ? json_log_line(now, logger_->app, level, message, fields)
                                 : text_log_line(message, fields);
    logger_->out.log(std::chrono::time_point_cast<spdlog::log_clock::duration>(now),
                     spdlog::source_loc{}, level_of(level), spdlog::string_view_t{line});
  } catch (...) {
    return;  // no memory for a line, or no place for it: the service goes on without
  }
}

}  // namespace ensue
