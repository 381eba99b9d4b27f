#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/event/json_text.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// An event as it stands on a wire: CloudEvents 1.0. `source` and `id` together name it.
///
/// Limits: names of extensions are 1 to 20 of [a-z0-9], at most `extensions_max` of them.
struct cloud_event {
  struct attribute {
    std::string name;
    std::string value;
    friend bool operator==(const attribute&, const attribute&) = default;
  };
  static constexpr std::size_t extensions_max = 64;

  std::string id;
  std::string source;  ///< a URI reference
  std::string type;
  std::string subject{};
  std::string content_type{};  ///< of the data; empty: application/json
  std::string schema{};        ///< URI of the data's schema
  std::optional<wall_time> time{};
  /// In the order they came, each name once. Numbers and truth values are kept as their text.
  std::vector<attribute> extensions{};
  std::string data{};  ///< any bytes; JSON as its text

  /// The value of an extension; null: it has none.
  const std::string* extension(std::string_view name) const noexcept;
  /// Adds or replaces it.
  void set_extension(std::string_view name, std::string value);

  friend bool operator==(const cloud_event&, const cloud_event&) = default;
};

/// What is wrong with it, in one sentence that names the attribute; none when it may be sent.
std::optional<std::string> wrong(const cloud_event& e);

/// Is data of this content type JSON? Empty counts as JSON; so does `application/x+json; …`.
bool is_json(std::string_view content_type) noexcept;

/// Calls `each` with every attribute but the content type: `specversion`, `id`, `source`, `type`,
/// then what is set. For the binary content mode: a header each, prefixed as the protocol says.
void for_each_attribute(
    const cloud_event& e,
    const std::function<void(std::string_view name, const std::string& value)>& each);

/// The other way round; any name that is no attribute of the standard is an extension's. The error
/// names the attribute: a time that is none, another specversion, a name no extension may have.
json_result<void> set_attribute(cloud_event& e, std::string_view name, std::string_view value);

/// The structured content mode, application/cloudevents+json. Data of a JSON type is put in as it
/// is (errors: it is no JSON), other data as a string when it is UTF-8, else in base64.
json_result<std::string> encode_cloud_event(const cloud_event& e, const json_limits& limits = {});
/// The error names the attribute. Unknown members are extensions; null means not set. An event
/// without the attributes that must be there, or with both `data` and `data_base64`, is refused.
json_result<cloud_event> decode_cloud_event(std::string_view text, const json_limits& limits = {});

/// The batch mode, application/cloudevents-batch+json.
json_result<std::vector<cloud_event>> decode_cloud_events(std::string_view text,
                                                          const json_limits& limits = {});

}  // namespace ensue
