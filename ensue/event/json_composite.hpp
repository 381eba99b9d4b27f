#pragma once

#include <ensue/event/describe.hpp>
#include <ensue/event/json_rule.hpp>
#include <ensue/event/traits.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// The rules for types made of other types. The list of forms is in json_rule.hpp.

namespace ensue {

namespace detail {

bool refuse_unknown_members(json_reader& in, const json_reader::value& object,
                            const std::string_view* names, std::size_t count);
bool refuse_missing_member(json_reader& in, std::string_view name);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
bool read_member(json_reader& in, const json_reader::value& object, std::string_view name, T& out) {
  const auto* v = json_reader::member(object, name);
  if (v == nullptr) {
    if constexpr (is_optional<T>) {
      return out.reset(), true;
    } else {
      if (in.options().missing == decode_options::missing_members::keep_default) return true;
      return refuse_missing_member(in, name);
    }
  }
  const json_reader::at here{in, name};
  return json_rule<T>::read(in, *v, out);
}

template <class T>
void write_member(json_writer& out, std::string_view name, const T& value) {
  if constexpr (is_optional<T>) {
    if (!value) return;
  }
  if (out.failed()) return;
  const json_writer::at here{out, name};
  json_rule<T>::write(out, value);
}

/// The part of a C++ type name after the last `::`.
template <class T>
constexpr std::string_view unqualified_name() {
  std::string_view name = readable_type_name<T>();
  const auto colon = name.find_last_of(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

}  // namespace detail

template <class T>
struct json_rule<std::optional<T>> {
  static_assert(!detail::is_optional<T>, "an optional of an optional has no JSON form");
  static void write(json_writer& out, const std::optional<T>& v) {
    v ? json_rule<T>::write(out, *v) : out.null();
  }
  static bool read(json_reader& in, const json_reader::value& v, std::optional<T>& out) {
    if (in.null(v)) return out.reset(), true;
    return json_rule<T>::read(in, v, out.emplace());
  }
};

template <class T, class A>
struct json_rule<std::vector<T, A>> {
  static void write(json_writer& out, const std::vector<T, A>& v) {
    out.begin_array();
    for (std::size_t i = 0; i < v.size() && !out.failed(); ++i) {
      const json_writer::at here{out, i};
      json_rule<T>::write(out, v[i]);
    }
    out.end_array();
  }
  static bool read(json_reader& in, const json_reader::value& v, std::vector<T, A>& out) {
    std::size_t size = 0;
    if (!in.array(v, size)) return false;
    out.clear();
    out.reserve(size);
    for (std::size_t i = 0; i < size; ++i) {
      const json_reader::at here{in, i};
      T item{};
      if (!json_rule<T>::read(in, json_reader::element(v, i), item)) return false;
      out.push_back(std::move(item));
    }
    return true;
  }
};

template <class T, std::size_t N>
struct json_rule<std::array<T, N>> {
  static void write(json_writer& out, const std::array<T, N>& v) {
    out.begin_array();
    for (std::size_t i = 0; i < N && !out.failed(); ++i) {
      const json_writer::at here{out, i};
      json_rule<T>::write(out, v[i]);
    }
    out.end_array();
  }
  static bool read(json_reader& in, const json_reader::value& v, std::array<T, N>& out) {
    std::size_t size = 0;
    if (!in.array(v, size)) return false;
    if (size != N)
      return in.fail("expected " + std::to_string(N) + " elements, got " + std::to_string(size));
    for (std::size_t i = 0; i < N; ++i) {
      const json_reader::at here{in, i};
      if (!json_rule<T>::read(in, json_reader::element(v, i), out[i])) return false;
    }
    return true;
  }
};

template <class T, class C, class A>
struct json_rule<std::map<std::string, T, C, A>> {
  static void write(json_writer& out, const std::map<std::string, T, C, A>& v) {
    out.begin_object();
    for (const auto& [key, value] : v) {
      if (out.failed()) break;
      const json_writer::at here{out, key};
      json_rule<T>::write(out, value);
    }
    out.end_object();
  }
  static bool read(json_reader& in, const json_reader::value& v,
                   std::map<std::string, T, C, A>& out) {
    std::size_t size = 0;
    if (!in.object(v, size)) return false;
    out.clear();
    for (std::size_t i = 0; i < size; ++i) {
      const auto key = json_reader::key(v, i);
      const json_reader::at here{in, key};
      if (!json_rule<T>::read(in, json_reader::member(v, i), out[std::string{key}])) return false;
    }
    return true;
  }
};

template <described T>
struct json_rule<T> {
  static_assert(detail::all_differ(field_names<T>),
                "two members of this struct have one name: JSON could hold only one of them");
  static void write(json_writer& out, const T& v) {
    out.begin_object();
    for_each_field<T>([&](auto field) { detail::write_member(out, field.name, v.*field.pointer); });
    out.end_object();
  }
  static bool read(json_reader& in, const json_reader::value& v, T& out) {
    std::size_t size = 0;
    if (!in.object(v, size)) return false;
    bool good = true;
    for_each_field<T>([&](auto field) {
      good = good && detail::read_member(in, v, field.name, out.*field.pointer);
    });
    if (!good || in.options().unknown == decode_options::unknown_members::ignore) return good;
    return detail::refuse_unknown_members(in, v, field_names<T>.data(), field_names<T>.size());
  }
};

/// The tag that says which alternative of a variant is there: the event name of a struct that has
/// one, else the C++ name without its namespaces; for types of the language and the library the
/// name below. Specialise `value` for others. All tags of a variant must differ.
template <class T>
struct json_tag {
  static constexpr std::string_view value = [] {
    if constexpr (event<T>) {
      return has_stable_name<T>() ? event_name<T>() : detail::unqualified_name<T>();
    } else {
      return detail::unqualified_name<T>();
    }
  }();
};
template <json_integer T>
struct json_tag<T> {
  static constexpr std::string_view value = "integer";
};
template <std::floating_point T>
struct json_tag<T> {
  static constexpr std::string_view value = "number";
};
template <>
struct json_tag<bool> {
  static constexpr std::string_view value = "boolean";
};
template <>
struct json_tag<std::string> {
  static constexpr std::string_view value = "string";
};
template <>
struct json_tag<std::monostate> {
  static constexpr std::string_view value = "none";
};
template <class T, class A>
struct json_tag<std::vector<T, A>> {
  static constexpr std::string_view value = "array";
};
template <class T, class C, class A>
struct json_tag<std::map<std::string, T, C, A>> {
  static constexpr std::string_view value = "map";
};

/// `{"type":"none","value":{}}` in a variant.
template <>
struct json_rule<std::monostate> {
  static void write(json_writer& out, std::monostate) { out.begin_object(), out.end_object(); }
  static bool read(json_reader& in, const json_reader::value& v, std::monostate&) {
    std::size_t size = 0;
    return in.object(v, size);
  }
};

template <class... Ts>
struct json_rule<std::variant<Ts...>> {
  static constexpr std::array<std::string_view, sizeof...(Ts)> tags{json_tag<Ts>::value...};
  static_assert(detail::all_differ(tags),
                "two alternatives of this variant have one tag: specialise ensue::json_tag");
  using type = std::variant<Ts...>;

  static void write(json_writer& out, const type& v) {
    if (v.valueless_by_exception()) return out.fail("expected a variant with a value");
    out.begin_object();
    detail::write_member(out, "type", std::string{tags[v.index()]});
    std::visit([&](const auto& held) { detail::write_member(out, "value", held); }, v);
    out.end_object();
  }
  static bool read(json_reader& in, const json_reader::value& v, type& out) {
    std::size_t size = 0;
    if (!in.object(v, size)) return false;
    const auto* tag = json_reader::member(v, "type");
    const auto* held = json_reader::member(v, "value");
    if (tag == nullptr) return detail::refuse_missing_member(in, "type");
    if (held == nullptr) return detail::refuse_missing_member(in, "value");
    std::string_view name;
    {
      const json_reader::at here{in, "type"};
      if (!in.string(*tag, name)) return false;
      if (!known(name)) return in.expected("one of " + listed(), *tag);
    }
    const json_reader::at here{in, "value"};
    bool good = false;
    (void)(... || (name == json_tag<Ts>::value && (good = read_as<Ts>(in, *held, out), true)));
    return good;
  }

 private:
  template <class T>
  static bool read_as(json_reader& in, const json_reader::value& v, type& out) {
    return json_rule<T>::read(in, v, out.template emplace<T>());
  }
  static bool known(std::string_view name) {
    for (const auto tag : tags)
      if (tag == name) return true;
    return false;
  }
  static std::string listed() {
    std::string all;
    for (const auto tag : tags) all += (all.empty() ? "" : ", ") + std::string{tag};
    return all;
  }
};

}  // namespace ensue
