// A tape through the parts of the trading example.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"
#include "harness/table.hpp"
#include "market_watch.hpp"
#include "tape.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/bus.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bench::tape {

/// Calls `use` with each event of the tape, in order; returns the unpacked bytes.
template <class Use>
std::int64_t each_event(const std::string& path, Use use) {
  trading::tape source{path, 0};
  trading::market_event event;
  for (;;) {
    const auto got = source.next(event);
    if (got == trading::tape::status::end) break;
    if (got == trading::tape::status::starved)
      source.fill();
    else
      use(event);
  }
  if (source.error().empty()) return source.bytes();
  std::fprintf(stderr, "%s: %s\n", path.c_str(), source.error().c_str());
  std::_Exit(3);
}

struct loaded {
  std::vector<trading::market_event> events;
  std::int64_t bytes = 0;
  int passes = 1;  ///< so that a short tape is measurable
};

inline std::shared_ptr<const loaded> load(const options& o) {
  auto l = std::make_shared<loaded>();
  l->bytes = each_event(o.tape, [&](const trading::market_event& e) { l->events.push_back(e); });
  const auto wanted = o.scaled(40'000);
  l->passes = int(std::max<std::int64_t>(
      1, wanted / std::max<std::int64_t>(1, std::int64_t(l->events.size()))));
  return l;
}

/// Components that subscribe when they start, not when they are made.
template <class... Component>
void start(Component&... components) {
  const auto one = [](auto& c) {
    if constexpr (requires { c.start(); }) c.start();
  };
  (one(components), ...);
}

/// Figures and order books on a bus, as the example wires them.
struct desk {
  desk() { start(figures, books); }

  ensue::loop_runtime loop;
  ensue::bus bus{loop};
  trading::market_statistics figures{bus};
  trading::order_books books{bus};
  std::int64_t failures = 0;

  void emit(const trading::market_event& event) {
    std::visit([this](const auto& e) { failures += bus.emit(e).failed; }, event);
  }
  void check(const loaded& l) {
    verify(figures.of(0).rows() + failures, std::int64_t(l.events.size()), "tape");
  }
};

/// One figure per column; `pass` plays the tape once.
template <class Pass>
row timed(std::string name, std::shared_ptr<const loaded> l, Pass pass) {
  return {std::move(name),
          [l, pass] {
            const auto begin = thread_cpu_ns();
            for (int i = 0; i < l->passes; ++i) pass(*l);
            const auto ns = double(thread_cpu_ns() - begin) / l->passes;
            const auto events = double(l->events.size());
            return figures{ns / events, events / ns * 1e3, double(l->bytes) / ns * 1e3};
          },
          {}};
}

inline row unpacking(const options& o, std::shared_ptr<const loaded> l) {
  return timed("reading, unpacking, cutting into lines", std::move(l),
               [path = o.tape](const loaded& all) {
                 trading::byte_source source{path};
                 trading::line_reader lines{source};
                 std::string_view line;
                 for (;;) {
                   const auto got = lines.next(line);
                   if (got == trading::line_reader::status::starved && !lines.fill()) break;
                 }
                 verify(lines.bytes(), all.bytes, "lines");
               });
}

inline row parsing(const options& o, std::shared_ptr<const loaded> l) {
  return timed("reading and parsing", std::move(l), [path = o.tape](const loaded& all) {
    std::size_t count = 0;
    each_event(path, [&](const trading::market_event&) { ++count; });
    verify(std::int64_t(count), std::int64_t(all.events.size()), "parsing");
  });
}

inline row direct(std::shared_ptr<const loaded> l) {
  return timed("handlers alone: figures, called directly", std::move(l), [](const loaded& all) {
    trading::tape_statistics figures;
    for (const auto& event : all.events) std::visit([&](const auto& e) { figures.on(e); }, event);
    verify(figures.rows(), std::int64_t(all.events.size()), "figures");
  });
}

inline row bus_alone(std::shared_ptr<const loaded> l) {
  return timed("ensue emit, handlers included: figures, books", std::move(l),
               [](const loaded& all) {
                 desk d;
                 for (const auto& event : all.events) d.emit(event);
                 d.check(all);
               });
}

/// The same bus and events, a handler that only counts: what the bus itself costs.
inline row bus_counting(std::shared_ptr<const loaded> l) {
  return timed("ensue emit, counting handler", std::move(l), [](const loaded& all) {
    ensue::loop_runtime loop;
    ensue::bus bus{loop};
    std::int64_t count = 0;
    const auto add = [&count](const auto&) { ++count; };
    const ensue::subscription all_kinds[] = {
        bus.subscribe<trading::trade>(add), bus.subscribe<trading::quote>(add),
        bus.subscribe<trading::depth_update>(add), bus.subscribe<trading::book_snapshot>(add),
        bus.subscribe<trading::other_row>(add)};
    std::int64_t failures = 0;
    for (const auto& event : all.events)
      std::visit([&](const auto& e) { failures += bus.emit(e).failed; }, event);
    verify(count + failures, std::int64_t(all.events.size()), "counting");
  });
}

inline row everything(const options& o, std::shared_ptr<const loaded> l) {
  return timed("ensue, all of it", std::move(l), [path = o.tape](const loaded& all) {
    desk d;
    each_event(path, [&](const trading::market_event& e) { d.emit(e); });
    d.check(all);
  });
}

inline std::vector<row> rows(const options& o) {
  const auto l = load(o);
  return {unpacking(o, l), parsing(o, l), direct(l),
          bus_counting(l), bus_alone(l),  everything(o, l)};
}

}  // namespace bench::tape
