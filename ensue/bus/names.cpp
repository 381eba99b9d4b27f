// Events by name: who hears them, and how they come in as text.
#include <ensue/async/errors.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/bus/name_index.hpp>
#include <ensue/bus/names.hpp>
#include <ensue/event/registry.hpp>

#include <boost/json/value.hpp>

namespace ensue {

void name_index::add(subscription_state& s) {
  topic_index::value slot = static_cast<topic_index::value>(slots_.size());
  if (free_.empty()) {
    slots_.push_back(&s);
  } else {
    slot = free_.back();
    free_.pop_back();
    slots_[slot] = &s;
  }
  slot_of_.emplace(&s, slot);
  const bool added = index_.add(s.settings().pattern, slot).has_value();
  ENSUE_ASSERT(added, "a subscription by name needs a valid pattern");
}

void name_index::remove(const subscription_state& s) noexcept {
  const auto at = slot_of_.find(&s);
  (void)index_.remove(s.settings().pattern, at->second);
  slots_[at->second] = nullptr;
  free_.push_back(at->second);
  slot_of_.erase(at);
}

void name_index::match(std::string_view name, std::vector<subscription_state*>& out) {
  index_.match(name, found_);
  for (const topic_index::value slot : found_) out.push_back(slots_[slot]);
}

type_entry* dispatcher::json_entry(std::string_view name) {
  if (const auto at = json_entries_.find(name); at != json_entries_.end()) return at->second.get();
  if (json_entries_.size() >= json_names_max) return nullptr;
  auto made = std::make_unique<type_entry>(event_type<json_event>());
  made->topic = name;
  type_entry* e = made.get();
  json_entries_.emplace(std::string{name}, std::move(made));
  entry(event_type<json_event>()).derived.push_back(e);
  entry(event_type<event_ref>()).derived.push_back(e);
  return e;
}

namespace {

json_result<record_ref> known_record(dispatcher& d, std::string_view name, std::string_view json,
                                     int version) {
  auto event = d.options().registry->decode(name, version, json);
  if (!event) return event.error();
  const event_type_info& type = *event->type();
  if (!type.copy) return codec_error{"", "an event must be copyable to come in by name"};
  record* r = d.make_record(type.id(), type, d.top());
  try {
    type.copy(r->payload(), event->get());
  } catch (...) {
    r->pool->give_back(r);
    throw;
  }
  return record_ref{r};
}

}  // namespace

json_result<record_ref> detail::named_record(dispatcher& d, std::string_view name,
                                             std::string_view json, int version) {
  const event_registry* known = d.options().registry;
  if (known && known->find(name)) return known_record(d, name, json, version);
  if (!valid_topic(name))
    return codec_error{"", "\"" + std::string{name} + "\" cannot be the name of an event"};
  if (const auto document = parse_json(json); !document) return document.error();
  type_entry* e = d.json_entry(name);
  if (!e) return codec_error{"", "too many different names of events without a type"};
  json_event event{std::string{name}, version == 0 ? 1 : version, std::string{json}};
  record* r = d.make_record(*e, d.top());
  ::new (r->payload()) json_event(std::move(event));
  return record_ref{r};
}

namespace {

task<> refuse(std::string text) {
  throw system_error(errc::invalid, text);
  co_return;
}

task<publish_result> refuse_publish(std::string text) {
  throw system_error(errc::invalid, text);
  co_return publish_result{};
}

}  // namespace

json_result<emit_result> bus::emit_named(std::string_view name, std::string_view json,
                                         int version) {
  auto r = detail::named_record(*engine_, name, json, version);
  if (!r) return r.error();
  return engine_->emit_record(*r->get());
}

json_result<error_code> bus::try_post_named(std::string_view name, std::string_view json,
                                            int version) {
  auto r = detail::named_record(*engine_, name, json, version);
  if (!r) return r.error();
  return detail::try_post(*engine_, *r);
}

task<> bus::post_named(std::string_view name, std::string_view json, int version) {
  auto r = detail::named_record(*engine_, name, json, version);
  if (!r) return refuse(r.error().text());
  return detail::post(*engine_, std::move(*r));
}

task<publish_result> bus::publish_named(std::string_view name, std::string_view json, int version) {
  auto r = detail::named_record(*engine_, name, json, version);
  if (!r) return refuse_publish(r.error().text());
  return detail::publish(engine_, std::move(*r), nullptr);
}

}  // namespace ensue
