#include <ensue/event/cloud_event.hpp>
#include <ensue/event/time_text.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

constexpr std::string_view standard_names[] = {
    "id",      "source",          "specversion", "type", "time",
    "subject", "datacontenttype", "dataschema",  "data", "data_base64"};

bool extension_name(std::string_view name) noexcept {
  if (name.empty() || name.size() > 20) return false;
  const bool characters = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  });
  return characters && std::find(std::begin(standard_names), std::end(standard_names), name) ==
                           std::end(standard_names);
}

// The standard forbids control characters in attributes, and text that is not Unicode.
std::optional<std::string> wrong_text(std::string_view name, std::string_view value) {
  const bool control = std::any_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (control) return std::string{name} + ": has a control character";
  if (!valid_utf8(value)) return std::string{name} + ": is not UTF-8";
  return std::nullopt;
}

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

const std::string* cloud_event::extension(std::string_view name) const noexcept {
  for (const attribute& a : extensions)
    if (a.name == name) return &a.value;
  return nullptr;
}

void cloud_event::set_extension(std::string_view name, std::string value) {
  for (attribute& a : extensions)
    if (a.name == name) return void(a.value = std::move(value));
  extensions.push_back({std::string{name}, std::move(value)});
}

std::optional<std::string> wrong(const cloud_event& e) {
  if (e.id.empty()) return "id: is missing";
  if (e.source.empty()) return "source: is missing";
  if (e.type.empty()) return "type: is missing";
  if (e.extensions.size() > cloud_event::extensions_max)
    return std::to_string(e.extensions.size()) + " extensions: at most " +
           std::to_string(cloud_event::extensions_max);
  const std::pair<std::string_view, const std::string&> texts[] = {
      {"id", e.id},           {"source", e.source},     {"type", e.type},
      {"subject", e.subject}, {"dataschema", e.schema}, {"datacontenttype", e.content_type}};
  for (const auto& [name, value] : texts)
    if (auto fault = wrong_text(name, value)) return fault;
  for (const cloud_event::attribute& a : e.extensions) {
    if (!extension_name(a.name)) return "'" + a.name + "': no name for an extension";
    if (auto fault = wrong_text(a.name, a.value)) return fault;
  }
  return std::nullopt;
}

bool is_json(std::string_view content_type) noexcept {
  std::string_view type = content_type.substr(0, content_type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  if (type.empty()) return content_type.empty();
  const auto ends_in = [&](std::string_view end) {
    if (type.size() < end.size()) return false;
    return std::equal(end.begin(), end.end(), type.end() - static_cast<std::ptrdiff_t>(end.size()),
                      [](char a, char b) { return a == lower(b); });
  };
  return ends_in("/json") || ends_in("+json");
}

void for_each_attribute(
    const cloud_event& e,
    const std::function<void(std::string_view name, const std::string& value)>& each) {
  each("specversion", "1.0");
  each("id", e.id);
  each("source", e.source);
  each("type", e.type);
  if (!e.subject.empty()) each("subject", e.subject);
  if (!e.schema.empty()) each("dataschema", e.schema);
  if (e.time) each("time", time_text(*e.time));
  for (const cloud_event::attribute& a : e.extensions) each(a.name, a.value);
}

json_result<void> set_attribute(cloud_event& e, std::string_view name, std::string_view value) {
  std::string* const text = name == "id"                ? &e.id
                            : name == "source"          ? &e.source
                            : name == "type"            ? &e.type
                            : name == "subject"         ? &e.subject
                            : name == "datacontenttype" ? &e.content_type
                            : name == "dataschema"      ? &e.schema
                                                        : nullptr;
  if (text) {
    *text = value;
    return {};
  }
  if (name == "specversion") {
    if (value == "1.0") return {};
    return codec_error{"specversion", "expected 1.0, got " + std::string{value.substr(0, 20)}};
  }
  if (name == "time") {
    const auto time = parse_time(value);
    if (!time) return codec_error{"time", "expected a time as in RFC 3339"};
    e.time = *time;
    return {};
  }
  if (!extension_name(name))
    return codec_error{std::string{name.substr(0, 40)}, "is no name for an attribute"};
  if (e.extensions.size() >= cloud_event::extensions_max && !e.extension(name))
    return codec_error{std::string{name}, "there are too many extensions"};
  e.set_extension(name, std::string{value});
  return {};
}

}  // namespace ensue
