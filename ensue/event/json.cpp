#include <ensue/event/json.hpp>

#include <boost/json/value.hpp>

namespace ensue {

json_result<void> detail::read_document(std::string_view text, json_reader& reader,
                                        bool (*read)(json_reader&, const json_reader::value&,
                                                     void*),
                                        void* out) {
  const auto document = parse_json(text, reader.options().limits);
  if (!document) return document.error();
  if (!read(reader, *document, out)) return reader.take_error();
  return {};
}

bool detail::refuse_unknown_members(json_reader& in, const json_reader::value& object,
                                    const std::string_view* names, std::size_t count) {
  const auto& members = object.get_object();
  for (const auto& member : members) {
    const std::string_view key = member.key();
    bool known = false;
    for (std::size_t i = 0; i < count && !known; ++i) known = names[i] == key;
    if (known) continue;
    const json_reader::at here{in, key};
    return in.fail("expected no such member");
  }
  return true;
}

bool detail::refuse_missing_member(json_reader& in, std::string_view name) {
  const json_reader::at here{in, name};
  return in.fail("expected a value, got no such member");
}

}  // namespace ensue
