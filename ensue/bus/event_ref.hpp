#pragma once

#include <ensue/event/type_id.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace ensue {

class event_registry;

/// An event that came in by name and of which this program has no C++ type: its JSON text. Reaches
/// those who subscribed by name, and `subscribe<json_event>` gets all of them.
struct json_event {
  std::string name;
  int version = 1;
  std::string text;
};

/// Any event, as handlers of names and middleware see it: a loan, valid during the call.
class event_ref {
 public:
  event_ref(const event_type_info& type, const void* event,
            const event_registry* registry = nullptr) noexcept
      : type_{&type}, event_{event}, registry_{registry} {}

  std::string_view name() const noexcept;
  int version() const noexcept;
  const event_type_info& type() const noexcept { return *type_; }
  const void* get() const noexcept { return event_; }

  /// The event as an E: what it is, or one of its bases; null when it is neither.
  template <event E>
  const E* as() const noexcept {
    for (const event_view& view : type_->views)
      if (view.type == &event_type<E>()) return static_cast<const E*>(view.upcast(event_));
    return nullptr;
  }

  /// Its JSON text. Empty when the bus was given no registry that knows the type.
  std::string json() const;

  /// A copy that lives on its own; null when the event cannot be copied.
  std::shared_ptr<const void> copy() const;

 private:
  const event_type_info* type_;
  const void* event_;
  const event_registry* registry_;
};

}  // namespace ensue
