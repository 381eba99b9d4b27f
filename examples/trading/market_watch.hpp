#pragma once

#include "events.hpp"
#include "order_book.hpp"
#include "tape_statistics.hpp"
#include <ensue/bus/bus.hpp>

#include <deque>
#include <string_view>
#include <vector>

namespace trading {

/// Component: keeps the figures of every tape.
class market_statistics {
 public:
  static constexpr std::string_view name = "statistics";

  explicit market_statistics(ensue::bus& bus) : bus_{bus} {}
  market_statistics(const market_statistics&) = delete;
  void start();
  void stop() { subscriptions_.clear(); }

  /// What was seen of a tape; empty figures for a tape nothing was seen of.
  const tape_statistics& of(std::uint32_t tape);

 private:
  tape_statistics& at(std::uint32_t tape);

  ensue::bus& bus_;
  std::deque<tape_statistics> tapes_;
  std::vector<ensue::subscription> subscriptions_;
};

/// Component: keeps one book per tape and symbol that has depth updates.
class order_books {
 public:
  static constexpr std::string_view name = "order books";

  explicit order_books(ensue::bus& bus) : bus_{bus} {}
  order_books(const order_books&) = delete;
  void start();
  void stop() { subscriptions_.clear(); }

  const per_symbol<order_book>& of(std::uint32_t tape);

 private:
  struct shelf {
    per_symbol<order_book> books;
    symbol current;                      // whose diffs came last
    std::vector<book_snapshot> pending;  // came before anything that says whose it is; one at most
  };
  void on(const depth_update& d);
  void on(const book_snapshot& s);
  shelf& at(std::uint32_t tape);

  ensue::bus& bus_;
  std::deque<shelf> tapes_;
  std::vector<ensue::subscription> subscriptions_;
};

}  // namespace trading
