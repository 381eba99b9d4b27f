#include <ensue/flow/service_registry.hpp>
#include <ensue/reliability/wording.hpp>

#include <algorithm>

namespace ensue {
namespace {

constexpr int beats_in_ttl = 3;

std::size_t text_size(const std::string& service, const std::string& instance,
                      const std::map<std::string, std::string>& metadata) {
  std::size_t n = service.size() + instance.size();
  for (const auto& [name, value] : metadata) n += name.size() + value.size();
  return n;
}

bool makes_sense(const announcement& a) {
  return !a.service.empty() && !a.instance.empty() && a.ttl > duration::zero() &&
         a.ttl <= registration_options::ttl_max &&
         text_size(a.service, a.instance, a.metadata) <= registration_options::text_max;
}

}  // namespace

std::optional<std::string> registration_options::wrong() const {
  if (service.empty()) return "registration.service is empty; it says what is offered";
  if (ttl <= duration::zero() || ttl > ttl_max)
    return "registration.ttl is " + in_words(ttl) + "; it must be more than 0 and at most " +
           in_words(ttl_max);
  if (const std::size_t n = text_size(service, instance, metadata); n > text_max)
    return "registration: names and metadata take " + std::to_string(n) + " bytes; at most " +
           std::to_string(text_max) + " are carried";
  return std::nullopt;
}

registration& registration::operator=(registration&& o) noexcept {
  if (this == &o) return *this;
  end();
  in_ = std::exchange(o.in_, nullptr);
  service_ = std::move(o.service_);
  instance_ = std::move(o.instance_);
  return *this;
}

void registration::end() {
  if (service_registry* const in = std::exchange(in_, nullptr)) in->remove(service_, instance_);
}

service_registry::service_registry(bus& b, announcements& through, std::size_t instances_max)
    : bus_{b},
      rt_{b.rt()},
      through_{through},
      instances_max_{instances_max},
      id_{rt_.new_id().text()},
      timer_{rt_} {
  listening_ = through_.listen([this](const announcement& a) { hear(a); });
  const announcement hello{.what = announced::who_is_there, .from = id_};
  through_.announce(hello);
}

service_registry::~service_registry() { through_.forget(listening_); }

service_registry::known* service_registry::look_up(std::string_view service,
                                                   std::string_view instance) {
  const auto s = services_.find(service);
  if (s == services_.end()) return nullptr;
  const auto at = s->second.by_name.find(instance);
  return at == s->second.by_name.end() ? nullptr : &at->second;
}

service_registry::known& service_registry::insert(known k) {
  ++size_;
  const std::string name = k.what.instance;
  return services_[k.what.service].by_name.emplace(name, std::move(k)).first->second;
}

void service_registry::erase(const service_instance& what) {
  const auto s = services_.find(what.service);
  s->second.by_name.erase(what.instance);
  if (s->second.by_name.empty()) services_.erase(s);
  --size_;
}

void service_registry::complain(std::string_view text, const std::string& service,
                                const std::string& instance) {
  const log_field fields[] = {{"service", std::string_view{service}},
                              {"instance", std::string_view{instance}}};
  rt_.log().write(log_level::warning, text, fields);
}

result<registration> service_registry::add(registration_options o) {
  if (o.instance.empty()) o.instance = rt_.new_id().text();
  if (const auto complaint = o.wrong()) {
    complain(*complaint, o.service, o.instance);
    return errc::invalid;
  }
  if (look_up(o.service, o.instance)) return errc::exists;
  if (size_ >= instances_max_) return errc::full;
  registration handle{*this, o.service, o.instance};
  known& k = insert({.what = {std::move(o.service), std::move(o.instance), std::move(o.metadata)},
                     .from = id_,
                     .ttl = o.ttl,
                     .ours = true,
                     .ask_load = std::move(o.load)});
  const instance_up event{k.what};
  beat(k);
  bus_.emit(event);
  return handle;
}

void service_registry::remove(const std::string& service, const std::string& instance) {
  const known* const k = look_up(service, instance);
  if (!k || !k->ours) return;
  const instance_down event{k->what, gone::left};
  erase(event.what);
  const announcement a{
      .what = announced::down, .from = id_, .service = service, .instance = instance};
  through_.announce(a);
  bus_.emit(event);
}

void service_registry::beat(known& k) {
  k.load = k.ask_load ? k.ask_load() : 0;
  k.chosen = 0;
  k.due = saturating_add(rt_.now(), k.ttl / beats_in_ttl);
  arm(k.due);
  const announcement a{announced::up,   id_,   k.what.service, k.what.instance,
                       k.what.metadata, k.ttl, k.load};
  through_.announce(a);
}

// Who hears us in this process may add and remove: by name.
void service_registry::beat_due(time_point until) {
  std::vector<std::pair<std::string, std::string>> ours;
  for (const auto& [service, all] : services_)
    for (const auto& [instance, k] : all.by_name)
      if (k.ours && k.due <= until) ours.emplace_back(service, instance);
  for (const auto& [service, instance] : ours)
    if (known* const k = look_up(service, instance)) beat(*k);
}

void service_registry::hear(const announcement& a) {
  if (a.from == id_) return;
  ++counts_.heard;
  switch (a.what) {
    case announced::up: return hear_up(a);
    case announced::down: return hear_down(a);
    case announced::who_is_there: return beat_due(never);
  }
}

void service_registry::hear_up(const announcement& a) {
  known* k = look_up(a.service, a.instance);
  if (!makes_sense(a) || (!k && size_ >= instances_max_)) return void(++counts_.refused);
  if (k && k->ours) {
    if (++counts_.conflicts == 1)
      complain("another process uses the name of this instance", a.service, a.instance);
    return;
  }
  const bool news = !k || k->what.metadata != a.metadata;
  if (!k) k = &insert({.what = {a.service, a.instance, {}}});
  k->what.metadata = a.metadata;
  k->from = a.from;
  k->ttl = a.ttl;
  k->load = a.load;
  k->chosen = 0;
  k->due = saturating_add(rt_.now(), a.ttl);
  arm(k->due);
  if (!news) return;
  const instance_up event{k->what};
  bus_.emit(event);
}

void service_registry::hear_down(const announcement& a) {
  const known* const k = look_up(a.service, a.instance);
  if (!k || k->ours || k->from != a.from) return;
  const instance_down event{k->what, gone::left};
  erase(event.what);
  bus_.emit(event);
}

void service_registry::arm(time_point when) {
  if (when >= armed_) return;
  armed_ = when;
  timer_.call_at(when, [this] { tick(); });
}

// Heartbeats move what is due without moving the timer: it looks again when it fires. Whoever is
// told may add and remove, or end this registry: they are told last.
void service_registry::tick() {
  const time_point now = rt_.now();
  armed_ = never;
  std::vector<instance_down> silent;
  time_point next = never;
  bool beats = false;
  for (const auto& [service, all] : services_)
    for (const auto& [instance, k] : all.by_name) {
      if (k.due > now) {
        next = std::min(next, k.due);
      } else if (k.ours) {
        beats = true;
      } else {
        silent.push_back({k.what, gone::silent});
      }
    }
  for (const instance_down& s : silent) erase(s.what);
  if (next != never) arm(next);
  bus& events = bus_;
  if (beats) beat_due(now);
  for (const instance_down& s : silent) events.emit(s);
}

std::vector<service_instance> service_registry::list() const {
  std::vector<service_instance> all;
  for (const auto& [service, offer] : services_)
    for (const auto& [instance, k] : offer.by_name) all.push_back(k.what);
  return all;
}

std::vector<service_instance> service_registry::list(std::string_view service) const {
  std::vector<service_instance> all;
  if (const auto at = services_.find(service); at != services_.end())
    for (const auto& [instance, k] : at->second.by_name) all.push_back(k.what);
  return all;
}

std::optional<service_instance> service_registry::find(std::string_view service,
                                                       std::string_view instance) const {
  const auto s = services_.find(service);
  if (s == services_.end()) return std::nullopt;
  const auto at = s->second.by_name.find(instance);
  if (at == s->second.by_name.end()) return std::nullopt;
  return at->second.what;
}

std::optional<service_instance> service_registry::choose(std::string_view service, choice how) {
  const auto s = services_.find(service);
  if (s == services_.end()) return std::nullopt;
  auto& all = s->second.by_name;
  auto best = all.upper_bound(s->second.latest);  // the one behind the latest, round and round
  if (best == all.end()) best = all.begin();
  if (how == choice::least_loaded) {
    auto at = best;
    for (std::size_t i = 1; i < all.size(); ++i) {
      if (++at == all.end()) at = all.begin();
      if (at->second.load + at->second.chosen < best->second.load + best->second.chosen) best = at;
    }
  }
  ++best->second.chosen;
  s->second.latest = best->first;
  return best->second.what;
}

}  // namespace ensue
