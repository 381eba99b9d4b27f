// a storm of events into a bound of 1024, under each overflow policy.
#include "attack.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/wait.hpp>

#include <utility>

namespace ensue::attacks {

namespace {

struct drop {
  std::uint64_t number = 0;
};

constexpr std::size_t bound = 1024;
constexpr std::size_t burst = 3 * bound;  // without a pause

struct count {
  std::uint64_t in = 0, rejected = 0, handled = 0, last = 0;
  bool in_order = true;
};

struct storm {
  loop_runtime rt;
  bus b{rt};
  count n{};
  subscription held;

  storm(overflow policy, bool coroutine) {
    subscribe_options<drop> o;
    o.capacity = bound;
    o.on_full = policy;
    held = coroutine ? b.subscribe<drop>(
                           [this](const drop& d) -> task<> {
                             take(d);
                             co_return;
                           },
                           std::move(o))
                     : b.subscribe<drop>([this](const drop& d) { take(d); }, std::move(o));
  }
  void take(const drop& d) {
    ++n.handled;
    n.in_order = n.in_order && d.number > std::exchange(n.last, d.number);
  }
};

task<> blow(attack& a, storm& s, std::uint64_t events, bool wait) {
  for (std::uint64_t i = 1; i <= events; ++i) {
    ++s.n.in;
    if (wait) {
      co_await s.b.post<drop>(i);
    } else {
      s.n.rejected += s.b.try_post<drop>(i) == errc::full;
    }
    const ledger now = s.held.counts();
    a.require(now.queued <= bound, "the bound is never exceeded: " + now.text());
    a.require(now.balanced(), now.text());
    if (i % burst == 0) co_await yield(s.rt);
  }
  co_await s.b.wait_idle();
}

double play(attack& a, overflow policy, const char* name, bool coroutine, std::uint64_t events) {
  storm s{policy, coroutine};
  const time_point began = s.rt.now();
  block_on(s.rt, blow(a, s, events, policy == overflow::wait));
  const double seconds = static_cast<double>((s.rt.now() - began).count()) / 1e9;
  const ledger all = s.held.counts();
  const std::string where = std::string{name} + ": " + all.text();
  a.require(s.n.in == all.handled + s.n.rejected + all.dropped_total(), "conserved, " + where);
  a.require(s.n.handled == all.handled, "counted twice, " + where);
  a.require(s.n.in_order, "in order, " + where);
  const auto oldest = all.dropped[static_cast<std::size_t>(drop_reason::overflow_oldest)];
  const auto newest = all.dropped[static_cast<std::size_t>(drop_reason::overflow_newest)];
  const bool lossless = policy == overflow::wait;
  a.require(!lossless || all.handled == events, "who waits loses nothing, " + where);
  a.require((s.n.rejected > 0) == (policy == overflow::reject), "rejected, " + where);
  a.require((oldest > 0) == (policy == overflow::drop_oldest), "oldest, " + where);
  a.require((newest > 0) == (policy == overflow::drop_newest), "newest, " + where);
  if (policy == overflow::drop_oldest) a.require(s.n.last == events, "the newest stay, " + where);
  a.require_settled(s.b, where);
  return static_cast<double>(events) / seconds / 1e6;
}

}  // namespace

void a06_storm(attack& a) {
  const std::uint64_t events = a.size(100'000, 10'000'000);
  for (const bool coroutine : {false, true}) {
    const std::string of = coroutine ? " (coroutine)" : "";
    const auto each = [&](overflow policy, const char* name) {
      a.report(name + of, play(a, policy, name, coroutine, events), "M/s");
    };
    each(overflow::wait, "wait");
    each(overflow::reject, "reject");
    each(overflow::drop_oldest, "drop oldest");
    each(overflow::drop_newest, "drop newest");
  }
  a.report("conservation error", 0, "");
}

}  // namespace ensue::attacks
