#include "progress_line.hpp"

#include "text.hpp"

#include <algorithm>
#include <cmath>
#include <unistd.h>

namespace trading {
namespace {

using namespace std::chrono_literals;
constexpr ensue::duration redraw = 100ms;
constexpr std::size_t bar_width = 20;
constexpr std::size_t line_width = 79;
constexpr std::size_t name_width = 28;
constexpr std::size_t time_width = 14;  // of the time left, at its longest

}  // namespace

progress_line::progress_line(std::FILE* stream)
    : stream_{stream}, visible_{::isatty(::fileno(stream)) == 1} {}

void progress_line::show(ensue::time_point now, const std::string& name, double fraction,
                         std::int64_t events) {
  if (!visible_) return;
  if (!started_) {
    started_ = true;
    began_ = now;
    next_ = now + redraw;  // a short run needs no line at all
  }
  if (now < next_) return;
  next_ = now + redraw;
  drawn_ = true;
  const std::string line = progress_text(name, fraction, events, now - began_);
  std::fprintf(stream_, "\r%s\x1b[K", line.c_str());
  std::fflush(stream_);
}

void progress_line::clear() {
  if (!drawn_) return;
  drawn_ = false;
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
}

std::string progress_text(const std::string& name, double fraction, std::int64_t events,
                          ensue::duration since_begin) {
  const double seconds = std::chrono::duration<double>(since_begin).count();
  std::string text;
  if (fraction >= 0) {
    fraction = std::min(fraction, 1.0);
    const auto full = static_cast<std::size_t>(std::lround(fraction * bar_width));
    text += " [" + std::string(full, '#') + std::string(bar_width - full, '.') + "] " +
            std::to_string(std::lround(fraction * 100)) + " %";
  }
  text += "  " + grouped(events);
  const double rate = seconds > 0 ? static_cast<double>(events) / seconds : 0;
  const std::string speed = "  " + grouped(std::floor(rate), 0) + "/s";
  if (text.size() + speed.size() <= line_width - time_width) text += speed;
  if (fraction > 0 && fraction < 1 && seconds > 0) {
    const double left = std::min(seconds / fraction * (1 - fraction), 1e9);
    text += "  " + duration_text(ensue::duration{static_cast<std::int64_t>(left * 1e9)}) + " left";
  }
  const std::size_t room = std::min(line_width - std::min(line_width, text.size()), name_width);
  return name.substr(0, room) + text;
}

}  // namespace trading
