#include <ensue/base/assert.hpp>
#include <ensue/transport/memory_broker.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

std::string identity(const cloud_event& e) { return e.source + '\0' + e.id; }

}  // namespace

memory_broker::memory_broker(runtime& rt, memory_broker_options o)
    : rt_{rt}, options_{o}, alarm_{rt} {}

memory_broker::~memory_broker() {
  for (const auto& [name, g] : groups_)
    ENSUE_ASSERT(g->members == 0 || rt_.ending(), "a broker died before its consumers");
}

result<> memory_broker::store(cloud_event e) {
  std::string id = identity(e);
  if (ids_.contains(id)) return {};
  if (unsettled() >= options_.unsettled_max) return errc::full;
  ids_.insert(std::move(id));
  log_.push_back({std::move(e), ++last_});
  for (const auto& [name, g] : groups_) fill(*g);
  trim();
  return {};
}

memory_broker::group& memory_broker::join(const consume_options& o) {
  auto it = groups_.find(o.group);
  if (it == groups_.end()) {
    const std::uint64_t from = o.from_oldest && !log_.empty() ? log_.front().position : last_ + 1;
    auto g = std::make_unique<group>(o, options_.group_window, from);
    it = groups_.emplace(o.group, std::move(g)).first;
    fill(*it->second);
  }
  ++it->second->members;
  return *it->second;
}

const memory_broker::stored_event* memory_broker::at(std::uint64_t position) const noexcept {
  if (log_.empty() || position < log_.front().position || position > last_) return nullptr;
  return &log_[position - log_.front().position];
}

// Moves the group on through the log as far as its lanes have room.
void memory_broker::fill(group& g) {
  bool some = false;
  for (; g.lanes.room() > 0 && g.next <= last_; ++g.next) {
    const stored_event* const stored = at(g.next);
    if (!stored) continue;
    g.settled.begin(g.next);
    if (!wanted(g.types, stored->event.type)) {
      settled(g, g.next);
      continue;
    }
    g.lanes.arrive({.event = stored->event,
                    .position = std::to_string(g.next),
                    .handle = g.next,
                    .attempt = 1,
                    .maybe_again = false});
    some = true;
  }
  if (some) wake_all(g.waiting);
}

void memory_broker::settled(group& g, std::uint64_t position) {
  g.settled.settle(position);
  if (const auto end = g.settled.advance()) g.first_open = *end + 1;
}

std::uint64_t memory_broker::unsettled() const noexcept {
  std::uint64_t most = 0;
  for (const auto& [name, g] : groups_) most = std::max(most, last_ + 1 - g->first_open);
  return most;
}

void memory_broker::trim() {
  while (log_.size() > options_.kept_max && log_.size() > unsettled()) {
    ids_.erase(identity(log_.front().event));
    log_.pop_front();
  }
}

std::vector<memory_broker::dead_delivery> memory_broker::dead(std::string_view group) const {
  const auto it = groups_.find(group);
  if (it == groups_.end()) return {};
  return {it->second->dead.begin(), it->second->dead.end()};
}

// One timer for all leases and waits.
void memory_broker::look_later() {
  time_point next = never;
  for (const auto& [name, g] : groups_) {
    if (g->lanes.next_due() > rt_.now()) next = std::min(next, g->lanes.next_due());
    next = std::min(next, g->lanes.next_overdue());
  }
  if (next == never) return void(alarm_.cancel());
  alarm_.call_at(next, [this] { look(); });
}

void memory_broker::look() {
  const time_point now = rt_.now();
  for (const auto& [name, g] : groups_) {
    for (const std::uint64_t token : g->lanes.overdue(now)) g->lanes.requeue(token, now);
    if (g->lanes.next_due() <= now) wake_all(g->waiting);
  }
  look_later();
}

}  // namespace ensue
