#include <ensue/bus/bus_metrics.hpp>
#include <ensue/bus/deliveries.hpp>
#include <ensue/bus/dispatcher.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace ensue {
namespace {

template <class Series>
std::array<metric_label, 3> labels_of(const std::string& bus, const Series& s) {
  return {{{"bus", bus}, {"subscription", s.subscription}, {"event", s.event}}};
}

std::int64_t breaker_level(breaker_state s) noexcept {
  switch (s) {
    case breaker_state::closed: return 0;
    case breaker_state::half_open: return 1;
    case breaker_state::open: return 2;
  }
  return 2;
}

}  // namespace

void bus_metrics::series::add(const subscription_state& s, const dispatcher& d) {
  counts += d.snapshot(s);
  failed += s.failures();
  timed_out += s.timed_out();
  refused += s.refused();
  if (const deliveries* policed = s.policed(); policed && policed->breaker())
    breaker = std::max(breaker.value_or(0), breaker_level(policed->breaker()->last_state()));
  waited.merge(s.time_in_queue());
  took.merge(s.handling_time());
}

std::vector<bus_metrics::series> bus_metrics::all() const {
  std::vector<series> found;
  std::map<std::pair<std::string_view, std::string_view>, std::size_t> places;
  for (const subscription_state* s : bus_.subscriptions()) {
    std::pair<std::string_view, std::string_view> key{s->name(), s->type().name};
    if (places.size() >= series_max && !places.contains(key)) key = {"(others)", ""};
    const auto [place, made] = places.try_emplace(key, found.size());
    if (made)
      found.push_back({.subscription = std::string{key.first}, .event = std::string{key.second}});
    found[place->second].add(*s, bus_);
  }
  return found;
}

void bus_metrics::show_ledgers(metric_visitor& to, const std::vector<series>& all) const {
  using enum metric_kind;
  const std::pair<metric, std::uint64_t (*)(const series&)> shown[] = {
      {{"ensue_bus_accepted", counter, "Events given to the subscription."},
       [](const series& s) { return s.counts.accepted; }},
      {{"ensue_bus_handled", counter, "Events its handler dealt with."},
       [](const series& s) { return s.counts.handled; }},
      {{"ensue_bus_filtered", counter, "Events it did not want."},
       [](const series& s) { return s.counts.filtered; }},
      {{"ensue_bus_expired", counter, "Events whose deadline passed before they were handled."},
       [](const series& s) { return s.counts.expired; }},
      {{"ensue_bus_dead", counter, "Events its handler failed on for good."},
       [](const series& s) { return s.counts.dead; }},
      {{"ensue_bus_queued", gauge, "Events in its queue."},
       [](const series& s) { return s.counts.queued; }},
      {{"ensue_bus_running", gauge, "Events in its handler's hands."},
       [](const series& s) { return s.counts.running; }},
      {{"ensue_bus_failures", counter, "Times its handler failed, also when it was tried again."},
       [](const series& s) { return s.failed; }},
      {{"ensue_bus_timed_out", counter, "Times its handler failed by taking too long."},
       [](const series& s) { return s.timed_out; }},
      {{"ensue_bus_refused", counter, "Publishers that found its queue full and gave up."},
       [](const series& s) { return s.refused; }}};
  for (const auto& [what, value] : shown)
    for (const series& s : all)
      to.number(what, labels_of(bus_.options().source, s), static_cast<std::int64_t>(value(s)));
}

void bus_metrics::show_dropped(metric_visitor& to, const std::vector<series>& all) const {
  const metric what{"ensue_bus_dropped", metric_kind::counter, "Events dropped, by the reason."};
  for (const series& s : all) {
    const auto [bus, subscription, event] = labels_of(bus_.options().source, s);
    for (std::size_t n = 0; n < s.counts.dropped.size(); ++n) {
      if (s.counts.dropped[n] == 0) continue;
      const metric_label labels[] = {
          bus, subscription, event, {"reason", text(static_cast<drop_reason>(n))}};
      to.number(what, labels, static_cast<std::int64_t>(s.counts.dropped[n]));
    }
  }
}

void bus_metrics::show_breakers(metric_visitor& to, const std::vector<series>& all) const {
  const metric what{"ensue_bus_breaker", metric_kind::gauge,
                    "Its breaker: 0 closed, 1 half open, 2 open."};
  for (const series& s : all)
    if (s.breaker) to.number(what, labels_of(bus_.options().source, s), *s.breaker);
}

void bus_metrics::show_times(metric_visitor& to, const std::vector<series>& all) const {
  const metric waited{"ensue_bus_time_in_queue", metric_kind::histogram,
                      "From accepting an event to its handler's begin, of a sample."};
  const metric took{"ensue_bus_time_handling", metric_kind::histogram,
                    "From a handler's begin to its end, of a sample."};
  for (const auto& [what, of] :
       {std::pair{&waited, &series::waited}, std::pair{&took, &series::took}}) {
    for (const series& s : all) {
      const histogram& h = s.*of;
      const auto buckets = h.buckets();
      to.durations(*what, labels_of(bus_.options().source, s),
                   {.buckets = buckets, .count = h.count(), .sum = h.sum()});
    }
  }
}

void bus_metrics::show(metric_visitor& to) const {
  const std::vector<series> found = all();
  show_ledgers(to, found);
  show_dropped(to, found);
  show_breakers(to, found);
  show_times(to, found);
  const metric_label labels[] = {{"bus", bus_.options().source}};
  to.number({"ensue_bus_unrouted", metric_kind::counter, "Events nobody had subscribed to."},
            labels, static_cast<std::int64_t>(bus_.unrouted()));
}

}  // namespace ensue
