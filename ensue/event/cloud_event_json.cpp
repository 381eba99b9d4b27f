// The structured content mode of CloudEvents: one JSON object, data inside.
#include <ensue/base/base64.hpp>
#include <ensue/event/cloud_event.hpp>
#include <ensue/event/json_writer.hpp>

#include <boost/json/value.hpp>

#include <utility>

namespace ensue {
namespace {

namespace js = boost::json;

// The text of an attribute's value; the standard has strings, integers and truth values.
json_result<std::string> attribute_text(std::string_view name, const js::value& v) {
  if (v.is_string()) return std::string{std::string_view{v.get_string()}};
  if (v.is_int64()) return std::to_string(v.get_int64());
  if (v.is_bool()) return std::string{v.get_bool() ? "true" : "false"};
  return codec_error{std::string{name}, "expected a string, an integer, true or false"};
}

json_result<void> read_data(cloud_event& e, const js::object& o) {
  const js::value* const plain = o.if_contains("data");
  const js::value* const coded = o.if_contains("data_base64");
  if (plain && coded && !coded->is_null())
    return codec_error{"data_base64", "stands beside data: one of them"};
  if (coded && !coded->is_null()) {
    if (!coded->is_string()) return codec_error{"data_base64", "expected a string"};
    auto bytes = parse_base64(coded->get_string());
    if (!bytes) return codec_error{"data_base64", "is not base64"};
    e.data = std::move(*bytes);
  } else if (plain && plain->is_string() && !is_json(e.content_type)) {
    e.data = std::string_view{plain->get_string()};
  } else if (plain) {
    auto text = json_text(*plain);
    if (!text) return text.error();
    e.data = std::move(*text);
  }
  return {};
}

json_result<cloud_event> read_event(const js::value& document) {
  const js::object* const o = document.if_object();
  if (!o) return codec_error{"", "expected an object"};
  if (!o->contains("specversion")) return codec_error{"specversion", "is missing"};
  cloud_event e;
  for (const auto& member : *o) {
    const std::string_view name = member.key();
    if (name == "data" || name == "data_base64" || member.value().is_null()) continue;
    auto value = attribute_text(name, member.value());
    if (!value) return value.error();
    if (auto done = set_attribute(e, name, *value); !done) return done.error();
    if (e.extensions.size() > cloud_event::extensions_max)
      return codec_error{std::string{name}, "is one extension too many"};
  }
  if (auto done = read_data(e, *o); !done) return done.error();
  if (auto fault = wrong(e)) return codec_error{"", std::move(*fault)};
  return e;
}

}  // namespace

json_result<std::string> encode_cloud_event(const cloud_event& e, const json_limits& limits) {
  if (auto fault = wrong(e)) return codec_error{"", std::move(*fault)};
  json_writer out{limits};
  out.begin_object();
  const auto write = [&](std::string_view name, const std::string& value) {
    const json_writer::at here{out, name};
    out.string(value);
  };
  for_each_attribute(e, write);
  if (!e.content_type.empty()) write("datacontenttype", e.content_type);
  const bool json = is_json(e.content_type);
  if (!json && valid_utf8(e.data)) {
    write("data", e.data);
  } else if (!json) {
    write("data_base64", base64_text(e.data));
  }
  out.end_object();
  auto text = std::move(out).finish();
  if (!text || !json || e.data.empty()) return text;
  if (auto parsed = parse_json(e.data, limits); !parsed)
    return codec_error{"data", parsed.error().text()};
  text->pop_back();
  *text += ",\"data\":";
  *text += e.data;
  *text += '}';
  return text;
}

json_result<cloud_event> decode_cloud_event(std::string_view text, const json_limits& limits) {
  const auto document = parse_json(text, limits);
  if (!document) return document.error();
  return read_event(*document);
}

json_result<std::vector<cloud_event>> decode_cloud_events(std::string_view text,
                                                          const json_limits& limits) {
  const auto document = parse_json(text, limits);
  if (!document) return document.error();
  const js::array* const all = document->if_array();
  if (!all) return codec_error{"", "expected an array"};
  std::vector<cloud_event> out;
  out.reserve(all->size());
  for (const js::value& one : *all) {
    auto e = read_event(one);
    if (!e) {
      codec_error where = std::move(e).error();
      where.path = "[" + std::to_string(out.size()) + "]" +
                   (where.path.empty() ? std::string{} : "." + where.path);
      return where;
    }
    out.push_back(std::move(*e));
  }
  return out;
}

}  // namespace ensue
