#include <ensue/event/registry.hpp>
#include <ensue/event/topic.hpp>

#include <boost/json/value.hpp>

namespace ensue {
namespace {

codec_error unknown(std::string_view name) {
  return {"", "unknown event type \"" + std::string{name} + "\""};
}

}  // namespace

result<> event_registry::add(entry e) {
  if (!valid_topic(e.type->name)) return errc::invalid;
  const auto [it, added] = entries_.try_emplace(std::string{e.type->name}, e);
  if (!added && it->second.type != e.type) return errc::exists;
  return {};
}

const event_type_info* event_registry::find(std::string_view name) const noexcept {
  const auto it = entries_.find(name);
  return it == entries_.end() ? nullptr : it->second.type;
}

std::vector<const event_type_info*> event_registry::types() const {
  std::vector<const event_type_info*> all;
  for (const auto& [name, e] : entries_) all.push_back(e.type);
  return all;
}

json_result<any_event> event_registry::decode(std::string_view name, int version,
                                              std::string_view text,
                                              const decode_options& options) const {
  const auto it = entries_.find(name);
  if (it == entries_.end()) return unknown(name);
  const int current = it->second.type->version;
  if (version == 0) version = current;
  if (version < 0 || version > current)
    return codec_error{"", "version " + std::to_string(version) + " of " + std::string{name} +
                               " is not known here, the current one is " + std::to_string(current)};
  auto document = parse_json(text, options.limits);
  if (!document) return document.error();
  if (const auto lifted = upcasts_.apply(name, version, current, *document); !lifted)
    return lifted.error();
  return it->second.decode(*document, options);
}

json_result<std::string> event_registry::encode(const event_type_info& type, const void* event,
                                                const json_limits& limits) const {
  const auto it = entries_.find(type.name);
  if (it == entries_.end() || it->second.type != &type) return unknown(type.name);
  return it->second.encode(event, limits);
}

}  // namespace ensue
