// The side of the simulated broker that lives on its own host.
#include <ensue/testing/sim_broker.hpp>

#include <algorithm>

namespace ensue::testing {

sim_broker::sim_broker(simulation& w, broker_options o) : world_{w}, options_{std::move(o)} {
  host_ = &w.host(options_.name, [this](service&) { boot(); });
  w.on_power_cut(options_.name, [this] { cut_power(); });
}

void sim_broker::boot() {
  if (options_.promises.level == survives::none && world_.world().host(options_.name).lives() > 1)
    cut_power();
  for (auto& [name, g] : groups_) {
    g.members.clear();
    g.sweep_at = never;
    for (std::size_t i = g.first_open; i < g.slots.size(); ++i)
      if (g.slots[i].at == state::out) release(g, i, state::waiting, {});
  }
}

void sim_broker::cut_power() {
  log_.resize(synced_);
  ids_.clear();
  for (const message& m : log_) ids_.insert(m.id);
  for (auto& [name, g] : groups_) {
    g.slots.resize(synced_);
    g.first_open = 0;
    g.busy_keys.clear();
    for (slot& s : g.slots) s.at = s.synced_settled ? state::settled : state::waiting;
  }
}

void sim_broker::sync() {
  synced_ = log_.size();
  for (auto& [name, g] : groups_)
    for (std::size_t i = 0; i < g.slots.size(); ++i)
      g.slots[i].synced_settled = g.slots[i].at == state::settled;
}

void sim_broker::sync_later() {
  if (options_.promises.level == survives::power) {
    synced_ = log_.size();
    return;
  }
  const duration every = options_.sync_every;
  const auto grid = world_.world().elapsed() / every + 1;
  host_->call_at(world_.world().now() - world_.world().elapsed() + grid * every, 0,
                 [this] { sync(); });
}

sim_broker::group& sim_broker::group_of(const std::string& name) {
  const auto [at, made] = groups_.try_emplace(name);
  if (made) {
    at->second.name = name;
    at->second.slots.resize(log_.size());
  }
  return at->second;
}

void sim_broker::join(const std::string& name, const member& m) {
  group& g = group_of(name);
  for (const member& known : g.members)
    if (known.id == m.id) return;
  g.members.push_back(m);
  pump(g);
}

void sim_broker::pump(group& g) {
  std::erase_if(g.members, [](const member& m) {
    return m.inbox.expired() || !m.on->up() || m.on->lives() != m.life;
  });
  while (g.first_open < g.slots.size() && g.slots[g.first_open].at == state::settled)
    ++g.first_open;
  std::set<std::string> held_back;  // keys of which an earlier message still waits
  const time_point now = world_.world().now();
  for (std::size_t i = g.first_open; i < g.slots.size(); ++i) {
    slot& s = g.slots[i];
    if (s.at != state::waiting) continue;
    const bool ordered = options_.promises.keyed && !log_[i].key.empty();
    if (ordered && (g.busy_keys.contains(log_[i].key) || held_back.contains(log_[i].key))) continue;
    const bool given = s.until <= now && hand_out(g, i);
    if (!given && s.until > now) sweep_later(g, s.until);
    if (!given && ordered) held_back.insert(log_[i].key);
  }
}

bool sim_broker::hand_out(group& g, std::size_t position) {
  slot& s = g.slots[position];
  const auto least =
      std::min_element(g.members.begin(), g.members.end(),
                       [](const member& a, const member& b) { return a.out < b.out; });
  if (least == g.members.end() || least->out >= least->prefetch) return false;
  if (options_.deliver_max > 0 && s.attempts >= options_.deliver_max) {
    bury(g, position, "delivered too often");
    return true;
  }
  s.at = state::out;
  s.token = ++last_token_;
  s.member = least->id;
  s.until = world_.world().now() + options_.ack_wait;
  ++least->out;
  if (options_.promises.keyed && !log_[position].key.empty())
    g.busy_keys.insert(log_[position].key);
  const delivery d{log_[position], position, ++s.attempts, s.token};
  world_.net().send(*host_, *least->on, [to = least->inbox, d] {
    if (const auto inbox = to.lock()) (void)inbox->try_push(d);
  });
  sweep_later(g, s.until);
  return true;
}

void sim_broker::release(group& g, std::size_t position, state to, time_point until) {
  slot& s = g.slots[position];
  for (member& m : g.members)
    if (m.id == s.member && s.at == state::out && m.out > 0) --m.out;
  g.busy_keys.erase(log_[position].key);
  s.at = to;
  s.until = until;
  s.member = 0;
  if (to == state::settled && options_.promises.level == survives::power) s.synced_settled = true;
}

void sim_broker::settle(const std::string& name, const delivery& d, bool good, duration wait,
                        const std::string& reason) {
  group& g = group_of(name);
  if (d.position >= g.slots.size()) return;
  slot& s = g.slots[d.position];
  if (s.at == state::settled) return;
  if (options_.promises.fenced && (s.at != state::out || s.token != d.token)) return;
  if (!good && !reason.empty()) {
    bury(g, d.position, reason);
  } else if (good) {
    release(g, d.position, state::settled, {});
  } else {
    release(g, d.position, state::waiting, world_.world().now() + wait);
  }
  if (s.at == state::settled) sync_later();
  pump(g);
}

void sim_broker::touch(const std::string& name, const delivery& d) {
  group& g = group_of(name);
  if (d.position >= g.slots.size()) return;
  slot& s = g.slots[d.position];
  if (s.at == state::out && s.token == d.token) s.until = world_.world().now() + options_.ack_wait;
}

void sim_broker::sweep_later(group& g, time_point when) {
  if (when >= g.sweep_at) return;
  g.sweep_at = when;
  host_->call_at(when, 0, [this, &g, when] {
    if (g.sweep_at == when) sweep(g);
  });
}

void sim_broker::sweep(group& g) {
  g.sweep_at = never;
  const time_point now = world_.world().now();
  for (std::size_t i = g.first_open; i < g.slots.size(); ++i) {
    slot& s = g.slots[i];
    if (s.at != state::out) continue;
    if (s.until <= now) {
      release(g, i, state::waiting, {});
    } else {
      sweep_later(g, s.until);
    }
  }
  pump(g);
}

void sim_broker::bury(group& g, std::size_t position, std::string reason) {
  g.dead.push_back({log_[position], g.slots[position].attempts, std::move(reason)});
  release(g, position, state::settled, {});
}

std::size_t sim_broker::unsettled(std::string_view name) const {
  const auto at = groups_.find(name);
  if (at == groups_.end()) return log_.size();
  return static_cast<std::size_t>(
      std::count_if(at->second.slots.begin(), at->second.slots.end(),
                    [](const slot& s) { return s.at != state::settled; }));
}

std::vector<dead_message> sim_broker::dead_letters(std::string_view name) const {
  const auto at = groups_.find(name);
  return at == groups_.end() ? std::vector<dead_message>{} : at->second.dead;
}

}  // namespace ensue::testing
