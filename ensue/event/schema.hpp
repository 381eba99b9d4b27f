#pragma once

#include <ensue/base/uuid.hpp>
#include <ensue/event/describe.hpp>
#include <ensue/event/json_composite.hpp>
#include <ensue/event/json_rule.hpp>

#include <boost/json/value.hpp>

#include <array>
#include <chrono>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ensue {

/// Collects the schemas of described structs, each once, so that they may refer to each other and
/// to themselves.
class schema_builder {
 public:
  /// `prefix` is where the definitions will be found: `#/$defs/` in a schema of its own,
  /// `#/components/schemas/` in an AsyncAPI document.
  explicit schema_builder(std::string prefix = "#/$defs/") : prefix_{std::move(prefix)} {}

  /// The definition's key for a type, which `fill` describes on first use. Keys are made of
  /// letters, digits, `.`, `_` and `-`; two types that would share one get `_2`, `_3` … in order of
  /// use.
  boost::json::object reference(const void* type, std::string_view name,
                                boost::json::object (*fill)(schema_builder&));

  /// What was collected, by key, in order of first use.
  boost::json::object take() { return std::move(definitions_); }

 private:
  std::string prefix_;
  std::map<const void*, std::string> keys_;  // never iterated: addresses have no order to show
  boost::json::object definitions_;
};

/// The schema of a T, as it is written. Specialise beside json_rule for types of your own.
template <class T>
struct schema_rule {
  static_assert(sizeof(T) == 0, "this type has no JSON schema: specialise ensue::schema_rule");
};

/// The JSON Schema (2020-12) of T as encode_json writes it: members that are not optional are
/// required, unknown ones are allowed. What decode_json reads may say less.
template <class T>
boost::json::object schema_of() {
  schema_builder builder;
  boost::json::object schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"}};
  for (auto& member : schema_rule<T>::make(builder)) schema[member.key()] = member.value();
  if (auto definitions = builder.take(); !definitions.empty())
    schema["$defs"] = std::move(definitions);
  return schema;
}

namespace detail {

boost::json::object text_schema(const char* format = nullptr);

template <class T>
inline constexpr char type_token = 0;

template <class T>
constexpr std::string_view schema_name() {
  if constexpr (event<T>) {
    return event_name<T>();
  } else {
    return readable_type_name<T>();
  }
}

}  // namespace detail

template <>
struct schema_rule<bool> {
  static boost::json::object make(schema_builder&) { return {{"type", "boolean"}}; }
};

template <json_integer T>
struct schema_rule<T> {
  static boost::json::object make(schema_builder&) {
    return {{"type", "integer"},
            {"minimum", std::numeric_limits<T>::min()},
            {"maximum", std::numeric_limits<T>::max()}};
  }
};

template <std::floating_point T>
struct schema_rule<T> {
  static boost::json::object make(schema_builder&) { return {{"type", "number"}}; }
};

template <>
struct schema_rule<std::string> {
  static boost::json::object make(schema_builder&) { return detail::text_schema(); }
};

template <>
struct schema_rule<uuid> {
  static boost::json::object make(schema_builder&) { return detail::text_schema("uuid"); }
};

template <class Rep, class Period>
struct schema_rule<std::chrono::duration<Rep, Period>> {
  static boost::json::object make(schema_builder&) { return detail::text_schema("duration"); }
};

template <class D>
struct schema_rule<std::chrono::sys_time<D>> {
  static boost::json::object make(schema_builder&) { return detail::text_schema("date-time"); }
};

template <described_enum T>
struct schema_rule<T> {
  static boost::json::object make(schema_builder&) {
    boost::json::array names;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<T>>(
        [&](auto d) { names.emplace_back(d.name); });
    return {{"type", "string"}, {"enum", std::move(names)}};
  }
};

/// Inside arrays and maps; a member that is optional is simply not required.
template <class T>
struct schema_rule<std::optional<T>> {
  static boost::json::object make(schema_builder& builder) {
    boost::json::array either;
    either.emplace_back(schema_rule<T>::make(builder));
    either.emplace_back(boost::json::object{{"type", "null"}});
    return {{"anyOf", std::move(either)}};
  }
};

template <class T, class A>
struct schema_rule<std::vector<T, A>> {
  static boost::json::object make(schema_builder& builder) {
    return {{"type", "array"}, {"items", schema_rule<T>::make(builder)}};
  }
};

template <class T, std::size_t N>
struct schema_rule<std::array<T, N>> {
  static boost::json::object make(schema_builder& builder) {
    return {{"type", "array"},
            {"items", schema_rule<T>::make(builder)},
            {"minItems", N},
            {"maxItems", N}};
  }
};

template <class T, class C, class A>
struct schema_rule<std::map<std::string, T, C, A>> {
  static boost::json::object make(schema_builder& builder) {
    return {{"type", "object"}, {"additionalProperties", schema_rule<T>::make(builder)}};
  }
};

template <>
struct schema_rule<std::monostate> {
  static boost::json::object make(schema_builder&) { return {{"type", "object"}}; }
};

template <class... Ts>
struct schema_rule<std::variant<Ts...>> {
  static boost::json::object make(schema_builder& builder) {
    boost::json::array alternatives;
    (alternatives.emplace_back(alternative<Ts>(builder)), ...);
    return {{"oneOf", std::move(alternatives)}};
  }

 private:
  template <class T>
  static boost::json::object alternative(schema_builder& builder) {
    boost::json::object members;
    members["type"] = boost::json::object{{"const", json_tag<T>::value}};
    members["value"] = schema_rule<T>::make(builder);
    return {{"type", "object"},
            {"properties", std::move(members)},
            {"required", boost::json::array{"type", "value"}}};
  }
};

template <described T>
struct schema_rule<T> {
  static boost::json::object make(schema_builder& builder) {
    return builder.reference(&detail::type_token<T>, detail::schema_name<T>(), &fill);
  }

 private:
  static boost::json::object fill(schema_builder& builder) {
    boost::json::object members;
    boost::json::array required;
    for_each_field<T>([&](auto field) {
      using type = std::remove_cvref_t<decltype(std::declval<T&>().*field.pointer)>;
      members[field.name] = member<type>(builder);
      if constexpr (!detail::is_optional<type>) required.emplace_back(field.name);
    });
    boost::json::object schema{{"type", "object"}, {"properties", std::move(members)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
  }
  template <class M>
  static boost::json::object member(schema_builder& builder) {
    if constexpr (detail::is_optional<M>) {
      return schema_rule<typename M::value_type>::make(builder);
    } else {
      return schema_rule<M>::make(builder);
    }
  }
};

}  // namespace ensue
