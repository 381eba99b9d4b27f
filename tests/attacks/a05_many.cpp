// A-05: very many subscriptions, topics and patterns: memory in proportion, and an emit that they
// do not concern costs what it cost without them.
#include "attack.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/dispatcher.hpp>

namespace ensue::attacks {

namespace {

struct crowded {
  int number = 0;
};
struct quiet {
  static constexpr const char* event_name = "attacks.quiet";
  int number = 0;
};

double ns_per_emit(runtime& rt, bus& b, int times) {
  const time_point began = rt.now();
  for (int i = 0; i < times; ++i) (void)b.emit<quiet>(i);
  return static_cast<double>((rt.now() - began).count()) / times;
}

}  // namespace

void a05_many(attack& a) {
  loop_runtime rt;
  bus b{rt};
  std::int64_t heard = 0, calls = 0;
  const auto one = b.subscribe<quiet>([&heard](const quiet&) { ++heard; });
  const int times = static_cast<int>(a.size(20'000, 1'000'000));
  const double alone = ns_per_emit(rt, b, times);

  const std::size_t n = a.size(20'000, 1'000'000);
  std::vector<subscription> many;
  many.reserve(n);
  const std::int64_t before = heap_bytes();
  for (std::size_t i = 0; i < n; ++i)
    many.push_back(b.subscribe<crowded>([&calls](const crowded&) { ++calls; }));
  const std::int64_t half = heap_bytes();
  const double each = static_cast<double>(half - before) / static_cast<double>(n);
  const double crowd = ns_per_emit(rt, b, times);
  (void)b.emit<crowded>(1);
  a.require(calls == static_cast<std::int64_t>(n), "each of them is called");

  const std::size_t patterns = a.size(1'000, 10'000);
  for (std::size_t i = 0; i < patterns; ++i)
    many.push_back(
        b.subscribe("other" + std::to_string(i) + ".*.#", [&calls](const event_ref&) { ++calls; }));
  const double wild = ns_per_emit(rt, b, times);

  // Names of events that have no type come from outside: their number is bounded.
  const std::size_t topics = a.size(20'000, 1'000'000);
  std::size_t taken = 0, refused = 0;
  const std::int64_t before_topics = heap_bytes();
  for (std::size_t i = 0; i < topics; ++i)
    ++(b.try_post_named("topic.t" + std::to_string(i), "{}") ? taken : refused);
  block_on(rt, b.wait_idle());
  a.require(taken == dispatcher::json_names_max, "names without a type are bounded");
  a.require(taken + refused == topics, "each has an answer");
  a.require(heard == 3 * std::int64_t{times}, "the quiet one hears all of its own");
  a.require_settled(b, "many");

  a.report("subscriptions", static_cast<double>(n), "");
  a.report("each", each, "bytes");
  a.report("emit beside them", crowd, "ns");
  a.report("beside patterns", wild, "ns");
  a.report("alone", alone, "ns");
  a.report("topics", static_cast<double>(topics), "");
  a.report("heap of topics", static_cast<double>(heap_bytes() - before_topics) / 1e6, "MB");
}

}  // namespace ensue::attacks
