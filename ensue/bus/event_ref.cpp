#include <ensue/bus/event_ref.hpp>
#include <ensue/event/registry.hpp>

#include <new>

namespace ensue {

std::string_view event_ref::name() const noexcept {
  const json_event* j = as<json_event>();
  return j ? std::string_view{j->name} : type_->name;
}

int event_ref::version() const noexcept {
  const json_event* j = as<json_event>();
  return j ? j->version : type_->version;
}

std::string event_ref::json() const {
  if (const json_event* j = as<json_event>()) return j->text;
  if (!registry_) return {};
  auto text = registry_->encode(*type_, event_);
  return text ? std::move(*text) : std::string{};
}

std::shared_ptr<const void> event_ref::copy() const {
  if (!type_->copy) return nullptr;
  const std::align_val_t align{type_->align};
  void* block = ::operator new(type_->size, align);
  try {
    type_->copy(block, event_);
  } catch (...) {
    ::operator delete(block, align);
    throw;
  }
  return {block, [type = type_, align](const void* event) {
            void* at = const_cast<void*>(event);
            if (type->destroy) type->destroy(at);
            ::operator delete(at, align);
          }};
}

}  // namespace ensue
