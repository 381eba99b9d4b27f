#include <ensue/flow/saga_record.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace ensue {
namespace {

// splitmix64's finaliser (Vigna, public domain).
std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

std::uint64_t mixed(std::string_view text, std::uint64_t seed) noexcept {
  std::uint64_t h = mixed(seed + text.size());
  for (const char c : text) h = mixed(h ^ static_cast<unsigned char>(c)) + seed;
  return mixed(h);
}

}  // namespace

uuid derived_id(std::string_view text) noexcept {
  uuid id;
  std::uint64_t halves[] = {mixed(text, 0x9e3779b97f4a7c15U), mixed(text, 0xd1b54a32d192ed03U)};
  for (std::size_t i = 0; i < id.bytes.size(); ++i)
    id.bytes[i] = static_cast<std::uint8_t>(halves[i / 8] >> (56 - 8 * (i % 8)));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x80);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80);
  return id;
}

namespace detail {

void write_any(json_writer& out, const boost::json::value& v) {
  switch (v.kind()) {
    case boost::json::kind::null: return out.null();
    case boost::json::kind::bool_: return out.boolean(v.get_bool());
    case boost::json::kind::int64: return out.integer(v.get_int64());
    case boost::json::kind::uint64: return out.integer(v.get_uint64());
    case boost::json::kind::double_: return out.number(v.get_double());
    case boost::json::kind::string: return out.string(v.get_string());
    case boost::json::kind::array: {
      out.begin_array();
      std::size_t i = 0;
      for (const auto& element : v.get_array()) {
        const json_writer::at here{out, i++};
        write_any(out, element);
      }
      return out.end_array();
    }
    case boost::json::kind::object: {
      out.begin_object();
      for (const auto& [key, member] : v.get_object()) {
        const json_writer::at here{out, key};
        write_any(out, member);
      }
      return out.end_object();
    }
  }
}

}  // namespace detail
}  // namespace ensue
