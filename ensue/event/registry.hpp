#pragma once

#include <ensue/event/any_event.hpp>
#include <ensue/event/json.hpp>
#include <ensue/event/upcast.hpp>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue {

/// The events that may cross the process's edge: name and version on one side, C++ type on the
/// other. Closed: a type string from outside reaches nothing that was not added here. Fill it while
/// starting; afterwards const calls are thread-safe.
class event_registry {
 public:
  /// Adds a described event with a stable name. errc::invalid when the name is no topic,
  /// errc::exists when another type has it; adding a type again does nothing.
  template <event E>
  result<> add() {
    static_assert(has_stable_name<E>(),
                  "an event that leaves the process needs a name of its own: event_traits<E>::name "
                  "or a static member event_name");
    static_assert(event_version<E>() >= 1, "versions of events count from 1");
    return add(entry{&event_type<E>(), &decode_as<E>, &encode_as<E>});
  }

  /// The steps from older versions; see upcasters.
  upcasters& upcasts() noexcept { return upcasts_; }

  /// The type of that name; nullptr: nobody added one.
  const event_type_info* find(std::string_view name) const noexcept;

  /// All types, ordered by name.
  std::vector<const event_type_info*> types() const;

  /// Reads an event. `version` is that of the text, 0 for the current one; an older one is lifted
  /// first. The error names an unknown type, a version that is newer than ours, a missing upcaster,
  /// or the place in the text.
  json_result<any_event> decode(std::string_view name, int version, std::string_view text,
                                const decode_options& options = {}) const;

  /// Writes an event of a type that was added.
  json_result<std::string> encode(const event_type_info& type, const void* event,
                                  const json_limits& limits = {}) const;
  template <event E>
  json_result<std::string> encode(const E& event, const json_limits& limits = {}) const {
    return encode(event_type<E>(), &event, limits);
  }

 private:
  struct entry {
    const event_type_info* type;
    json_result<any_event> (*decode)(const boost::json::value&, const decode_options&);
    json_result<std::string> (*encode)(const void*, const json_limits&);
  };

  template <class E>
  static json_result<any_event> decode_as(const boost::json::value& document,
                                          const decode_options& options) {
    auto event = decode_document<E>(document, options);
    if (!event) return event.error();
    return any_event::make<E>(std::move(*event));
  }
  template <class E>
  static json_result<std::string> encode_as(const void* event, const json_limits& limits) {
    return encode_json(*static_cast<const E*>(event), limits);
  }

  result<> add(entry e);

  std::map<std::string, entry, std::less<>> entries_;
  upcasters upcasts_;
};

}  // namespace ensue
