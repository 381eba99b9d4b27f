#pragma once

#include <ensue/base/clock.hpp>

#include <cstdint>
#include <cstdio>
#include <string>

namespace trading {

/// A line on a terminal that is drawn over itself: bar, events, rate, time left. Draws nothing
/// when its stream is no terminal.
class progress_line {
 public:
  explicit progress_line(std::FILE* stream);
  ~progress_line() { clear(); }
  progress_line(const progress_line&) = delete;

  /// Draws when it is time to. `fraction` below 0: the size is not known.
  void show(ensue::time_point now, const std::string& name, double fraction, std::int64_t events);
  void clear();
  bool visible() const noexcept { return visible_; }

 private:
  std::FILE* stream_;
  bool visible_;
  bool drawn_ = false;
  bool started_ = false;
  ensue::time_point began_{}, next_{};
};

/// What the line says; no more than 79 columns: the name is cut first, then the rate goes.
std::string progress_text(const std::string& name, double fraction, std::int64_t events,
                          ensue::duration since_begin);

}  // namespace trading
