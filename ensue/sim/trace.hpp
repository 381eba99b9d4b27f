#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/log.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::sim {

/// What happened in a world: a running 64-bit hash over every step, note and log line, and, when
/// asked for, the entries themselves. Two runs are the same when their hashes are.
/// Cost: a few ns per step; kept entries cost a string each.
class trace final : public log_sink {
 public:
  struct entry {
    std::uint64_t hash = 0;  ///< of everything up to here
    duration at{};           ///< since the world began
    std::string text;        ///< the step's host and label, or what was noted or logged

    /// "12.5 ms  main: buyer"
    std::string line() const;
  };

  void add(std::uint64_t v) noexcept {
    hash_ = (hash_ ^ v) * 0x9e37'79b9'7f4a'7c15ull;
    hash_ ^= hash_ >> 29;
  }
  void add(std::string_view text) noexcept {
    for (const char c : text) add(static_cast<unsigned char>(c));
    add(text.size());
  }
  std::uint64_t hash() const noexcept { return hash_; }

  /// From now on keeps the last `entries_max` entries. 0: none.
  void keep(std::size_t entries_max) { keep_ = entries_max; }
  bool keeping() const noexcept { return keep_ > 0; }
  const std::deque<entry>& entries() const noexcept { return entries_; }

  /// The world's time, for entries that come from elsewhere.
  void set_time(duration at) noexcept { at_ = at; }
  /// One step has ended. Not folded: the world adds what identifies it.
  void step(std::string_view host, const char* label);
  void note(std::string_view what, std::uint64_t value);

  /// From `info` on: what the program logs is part of what it does.
  bool enabled(log_level level) const noexcept override { return level >= log_level::info; }
  void write(log_level level, std::string_view message,
             std::span<const log_field> fields) noexcept override;

 private:
  void put(std::string text);

  std::uint64_t hash_ = 0xcbf2'9ce4'8422'2325ull;
  std::size_t keep_ = 0;
  duration at_{};
  std::deque<entry> entries_;
};

}  // namespace ensue::sim
