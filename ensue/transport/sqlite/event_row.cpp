#include <ensue/base/crc32c.hpp>
#include <ensue/base/uuid.hpp>
#include <ensue/transport/sqlite/event_row.hpp>
#include <ensue/transport/transport.hpp>

#include <algorithm>

namespace ensue::sqlite {
namespace {

constexpr std::string_view key_name = "partitionkey";

void add_line(std::string& text, std::string_view name, std::string_view value) {
  text += name;
  text += '=';
  text += value;
  text += '\n';
}

std::uint32_t checksum(const cloud_event& e, std::string_view attributes) {
  std::uint32_t crc = 0;
  for (const std::string_view part : {std::string_view{e.id}, std::string_view{e.source},
                                      std::string_view{e.type}, lane_key(e), attributes})
    crc = crc32c(part, crc);
  const std::int64_t time = e.time ? e.time->time_since_epoch().count() : 0;
  crc = crc32c({reinterpret_cast<const char*>(&time), sizeof time}, crc);
  return crc32c(e.data, crc);
}

// The bytes of an id that is a UUID as we write them; empty: it is none.
std::string id_bytes(const std::string& id) {
  constexpr std::size_t text_size = 36;
  if (id.size() != text_size) return {};
  const auto parsed = uuid::parse(id);
  if (!parsed) return {};
  char text[text_size];
  parsed->write(text);
  if (id != std::string_view{text, text_size}) return {};
  return {reinterpret_cast<const char*>(parsed->bytes.data()), parsed->bytes.size()};
}

std::string id_text(const statement& s, int column) {
  if (!s.is_blob(column)) return std::string{s.text(column)};
  uuid id;
  const std::string_view bytes = s.bytes(column);
  if (bytes.size() != id.bytes.size()) return {};
  std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id.text();
}

}  // namespace

std::string attributes_text(const cloud_event& e) {
  std::string text;
  if (!e.subject.empty()) add_line(text, "subject", e.subject);
  if (!e.content_type.empty()) add_line(text, "datacontenttype", e.content_type);
  if (!e.schema.empty()) add_line(text, "dataschema", e.schema);
  const bool key_alone = text.empty() && e.extensions.size() == 1 &&
                         e.extensions.front().name == key_name &&
                         !e.extensions.front().value.empty();
  if (key_alone) return text;
  for (const cloud_event::attribute& a : e.extensions) {
    if (a.name == key_name && !a.value.empty()) {
      text.append(key_name) += '\n';
    } else {
      add_line(text, a.name, a.value);
    }
  }
  return text;
}

bool read_attributes(std::string_view text, std::string_view key, cloud_event& to) {
  if (text.empty()) {
    if (!key.empty()) to.extensions.push_back({std::string{key_name}, std::string{key}});
    return true;
  }
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::size_t split = line.find('=');
    if (split == std::string_view::npos && line != key_name) return false;
    const std::string_view name = line.substr(0, split);
    const std::string_view value = split == std::string_view::npos ? key : line.substr(split + 1);
    std::string* const plain = name == "subject"           ? &to.subject
                               : name == "datacontenttype" ? &to.content_type
                               : name == "dataschema"      ? &to.schema
                                                           : nullptr;
    if (plain) {
      *plain = value;
    } else {
      to.extensions.push_back({std::string{name}, std::string{value}});
    }
  }
  return true;
}

void event_binding::bind(statement& s, const cloud_event& e) {
  attributes_ = attributes_text(e);
  id_ = id_bytes(e.id);
  if (id_.empty()) {
    s.refer(1, std::string_view{e.id});
  } else {
    s.refer(1, blob{id_});
  }
  s.refer(2, std::string_view{e.source});
  s.refer(3, std::string_view{e.type});
  const std::string_view key = lane_key(e);
  if (key.empty()) {
    s.bind(4, nullptr);
  } else {
    s.refer(4, key);
  }
  if (e.time) {
    s.bind(5, e.time->time_since_epoch().count());
  } else {
    s.bind(5, nullptr);
  }
  if (attributes_.empty()) {
    s.bind(6, nullptr);
  } else {
    s.refer(6, std::string_view{attributes_});
  }
  s.refer(7, blob{e.data});
  s.bind(8, std::int64_t{checksum(e, attributes_)});
}

bool read_event(const statement& s, int first, cloud_event& to) {
  to.id = id_text(s, first);
  to.source = s.text(first + 1);
  to.type = s.text(first + 2);
  const std::string_view key = s.text(first + 3);
  if (!s.null(first + 4)) to.time = wall_time{wall_time::duration{s.integer(first + 4)}};
  const std::string_view attributes = s.text(first + 5);
  const bool readable = read_attributes(attributes, key, to);
  to.data = s.bytes(first + 6);
  return readable && static_cast<std::uint32_t>(s.integer(first + 7)) == checksum(to, attributes);
}

}  // namespace ensue::sqlite
