#include <ensue/event/schema.hpp>

namespace ensue {
namespace {

/// `shop::order<int>` becomes `shop.order_int_`.
std::string safe_key(std::string_view name) {
  std::string key;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-';
    if (c == ':' && i + 1 < name.size() && name[i + 1] == ':') {
      key += '.';
      ++i;
    } else {
      key += plain ? c : '_';
    }
  }
  return key;
}

}  // namespace

boost::json::object schema_builder::reference(const void* type, std::string_view name,
                                              boost::json::object (*fill)(schema_builder&)) {
  auto& key = keys_[type];
  if (key.empty()) {
    key = safe_key(name);
    const std::string base = key;
    for (int n = 2; definitions_.contains(key); ++n) key = base + '_' + std::to_string(n);
    const std::string mine = key;                // `fill` may add keys
    definitions_[mine] = boost::json::object{};  // takes the place; a recursive type refers to it
    auto schema = fill(*this);
    definitions_[mine] = std::move(schema);
    return {{"$ref", prefix_ + mine}};
  }
  return {{"$ref", prefix_ + key}};
}

boost::json::object detail::text_schema(const char* format) {
  boost::json::object schema{{"type", "string"}};
  if (format != nullptr) schema["format"] = format;
  return schema;
}

}  // namespace ensue
