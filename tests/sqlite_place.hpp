#pragma once

#include <ensue/sim/world.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tests/temporary_folder.hpp>
#include <utility>
#include <vector>

namespace ensue::sqlite {

inline cloud_event numbered(int n, std::string key = {}) {
  cloud_event e{.id = std::to_string(n), .source = "s", .type = "t", .data = "{}"};
  if (!key.empty()) e.set_extension("partitionkey", std::move(key));
  return e;
}

/// A transport, opened, as one process would have it; closed at its end.
struct opened_transport {
  opened_transport(sim::world& world, options o) : w{world}, t{w.rt(), std::move(o)} {
    given = w.block_on(t.open()).value();
  }
  opened_transport(const opened_transport&) = delete;
  opened_transport& operator=(const opened_transport&) = delete;
  ~opened_transport() { (void)w.block_on(t.close(std::chrono::seconds{10})); }

  void publish(std::vector<cloud_event> events) {
    for (const error_code& ec : w.block_on(t.publish(std::move(events)))) CHECK_FALSE(ec);
  }
  std::unique_ptr<ensue::consumer> join(const std::string& group, std::size_t prefetch = 64) {
    consume_options o{.group = group, .prefetch = prefetch, .from_oldest = true};
    return w.block_on(t.consume(std::move(o))).value();
  }
  delivery next(ensue::consumer& c) { return w.block_on(c.next()).value(); }
  void ack(ensue::consumer& c, const delivery& d) {
    CHECK(w.block_on(c.settle(d.token, {})).has_value());
  }

  sim::world& w;
  transport t;
  guarantee given;
};

/// A database file in a folder of its own, and simulated processes that open it.
struct sqlite_place {
  std::unique_ptr<opened_transport> open(options o = {}) {
    o.file = file;
    return std::make_unique<opened_transport>(w, std::move(o));
  }
  /// Does `f(connection&)` on a connection of its own.
  template <class F>
  auto apart(F f) {
    const auto c = connection::open({.file = file}).value();
    return f(*c);
  }
  void fence_all(const std::string& group) {
    apart([&](connection& c) {
      c.use(
           "UPDATE ensue_members SET until=0 WHERE group_id="
           "(SELECT id FROM ensue_groups WHERE name=?1)")
          .with(group)
          .run();
    });
  }

  temporary_folder folder;
  std::string file = folder.file("a.db");
  sim::world w;
};

}  // namespace ensue::sqlite
