#pragma once

#include <ensue/sim/explore.hpp>

#include <string_view>
#include <vector>

namespace ensue::scenarios {

struct entry {
  std::string_view name;
  std::string_view says;
  void (*run)(sim::world&);
};

/// Coroutine handlers with a key: in order within it, never two at once, never too many in all.
void lanes(sim::world& w);
/// A random program of verbs, subscriptions and overflow policies: the ledger of each subscription
/// agrees with an independent count and balances at every step.
void books(sim::world& w);

inline const std::vector<entry>& all() {
  static const std::vector<entry> list{
      {"lanes", "order within a key, parallel across keys", &lanes},
      {"books", "the ledger under a random program", &books}};
  return list;
}

}  // namespace ensue::scenarios
