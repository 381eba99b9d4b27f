#pragma once

#include <ensue/event/type_id.hpp>

#include <memory>
#include <utility>

namespace ensue {

/// An event whose type is known at run time only, e.g. one that came in by name. Immutable, shared
/// by its copies; a copy is a reference count.
class any_event {
 public:
  any_event() = default;

  template <event E>
  explicit any_event(std::shared_ptr<const E> event) noexcept
      : data_{std::move(event)}, type_{data_ ? &event_type<E>() : nullptr} {}

  template <event E, class... Args>
  static any_event make(Args&&... args) {
    return any_event{std::shared_ptr<const E>{std::make_shared<E>(std::forward<Args>(args)...)}};
  }

  explicit operator bool() const noexcept { return data_ != nullptr; }
  /// nullptr when empty.
  const event_type_info* type() const noexcept { return type_; }
  const void* get() const noexcept { return data_.get(); }

  /// The event as an E: what it is, or one of its bases; nullptr when it is neither.
  template <event E>
  const E* as() const noexcept {
    if (type_ == nullptr) return nullptr;
    for (const event_view& view : type_->views)
      if (view.type == &event_type<E>()) return static_cast<const E*>(view.upcast(data_.get()));
    return nullptr;
  }

 private:
  std::shared_ptr<const void> data_;
  const event_type_info* type_ = nullptr;
};

}  // namespace ensue
