#include <ensue/async/deadline.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/bus/route_intake.hpp>
#include <ensue/bus/route_outlet.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/event/topic.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace ensue {

struct route::group {
  std::string name;
  std::vector<std::string> types;
};

route::route(bus& b, transport& t, std::string pattern, route_options o)
    : bus_{b},
      transport_{t},
      pattern_{std::move(pattern)},
      options_{std::move(o)},
      outlet_{std::make_shared<outlet>(t, options_, b.rt())},
      leaving_{outlet_->subscribe(b, pattern_)} {}

route::~route() = default;

namespace {

// The names of events on this route that a subscription takes, as patterns.
std::vector<std::string> taken(const subscription_state& s, const std::string& route,
                               const event_registry* known) {
  const std::string& own = s.settings().pattern;
  if (!own.empty()) {
    if (!patterns_overlap(own, route)) return {};
    return {pattern_within(route, own) ? route : own};
  }
  std::vector<std::string> names;
  if (!known) return names;
  for (const event_type_info* type : known->types()) {
    const bool is_one = std::any_of(type->views.begin(), type->views.end(),
                                    [&](const event_view& v) { return v.type == &s.type(); });
    if (is_one && topic_matches(route, type->name)) names.emplace_back(type->name);
  }
  return names;
}

bool meet(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::any_of(a.begin(), a.end(), [&](const std::string& x) {
    return std::any_of(b.begin(), b.end(),
                       [&](const std::string& y) { return patterns_overlap(x, y); });
  });
}

}  // namespace

// Who consumes, by name: subscriptions of one name and different events are one group.
transport_result<std::vector<route::group>> route::groups() const {
  std::map<std::string, group> by_name;
  for (const subscription_state* s : bus_.engine().subscriptions()) {
    if (!s->settings().named || s->settings().outlet) continue;
    std::vector<std::string> types = taken(*s, pattern_, bus_.engine().options().registry);
    if (types.empty()) continue;
    group& g = by_name[s->name()];
    g.name = s->name();
    if (meet(g.types, types))
      return transport_error{errc::exists, "route " + pattern_ + ": two subscriptions named " +
                                               g.name + " take " + types.front()};
    g.types.insert(g.types.end(), types.begin(), types.end());
  }
  std::vector<group> all;
  for (auto& [name, g] : by_name) all.push_back(std::move(g));
  return all;
}

task<transport_result<>> route::start() {
  auto wanted = groups();
  if (!wanted) co_return wanted.error();
  for (group& g : *wanted) {
    const auto known = std::find_if(intakes_.begin(), intakes_.end(),
                                    [&](const auto& i) { return i->name() == g.name; });
    if (known != intakes_.end()) continue;
    consume_options o{.group = g.name,
                      .types = g.types,
                      .prefetch = options_.prefetch,
                      .lease = options_.lease,
                      .from_oldest = options_.from_oldest};
    auto member = co_await transport_.consume(std::move(o));
    if (!member) co_return member.error();
    intakes_.push_back(std::make_unique<intake>(bus_, transport_, options_, g.name,
                                                std::move(g.types), std::move(*member)));
    intakes_.back()->start();
  }
  co_return transport_result<>{};
}

task<> route::drained(route& self) {
  for (const auto& i : self.intakes_) co_await intake::drained(*i);
}

task<result<>> route::stop(duration within) {
  if (std::exchange(stopped_, true)) co_return result<>{};
  runtime& rt = bus_.rt();
  for (const auto& i : intakes_) i->stop();
  std::exception_ptr cut_off;
  try {
    co_await with_timeout(rt, within, drained(*this));
  } catch (...) {
    cut_off = std::current_exception();
  }
  for (const auto& i : intakes_) co_await intake::end(*i);
  if (!cut_off) co_return result<>{};
  if (is_cancellation(cut_off)) std::rethrow_exception(cut_off);
  co_return errc::timed_out;
}

std::vector<route::account> route::accounts() const {
  std::vector<account> all;
  for (const auto& i : intakes_) all.push_back(i->counts());
  std::sort(all.begin(), all.end(),
            [](const account& a, const account& b) { return a.group < b.group; });
  return all;
}

}  // namespace ensue
