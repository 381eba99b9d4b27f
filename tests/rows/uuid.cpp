#include <ensue/base/uuid.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <tests/rows/case_file.hpp>
#include <tests/rows/sets.hpp>

namespace rows {
namespace {

using ensue::uuid;

/// `count` bits of the id from bit `from` on, the first bit being 0.
std::uint64_t bits(const uuid& id, unsigned from, unsigned count) {
  std::uint64_t out = 0;
  for (unsigned i = from; i < from + count; ++i)
    out = out << 1 | (id.bytes[i / 8] >> (7 - i % 8) & 1u);
  return out;
}

/// Ticks of 100 ns since 1582 (RFC 9562, 5.1 and 5.6).
std::uint64_t gregorian(const uuid& id) {
  if (id.version() == 1) return bits(id, 52, 12) << 48 | bits(id, 32, 16) << 32 | bits(id, 0, 32);
  return bits(id, 0, 48) << 12 | bits(id, 52, 12);
}

/// A field that is a number, or hex digits in a string ("0x1EC9").
std::uint64_t number(const row& r, const std::string& name) {
  const auto& value = r.fields.at(name);
  if (value.is_number()) return value.to_number<std::uint64_t>();
  const std::string text = r.string(name.c_str());
  std::uint64_t out = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + text.size(), out, 16);
  if (!text.starts_with("0x") || read.ptr != text.data() + text.size())
    throw std::runtime_error{name + " is no number: " + text};
  return out;
}

std::string check_name(const uuid& id, const row& r) {
  const std::string name = r.string("name");
  const bool all_ones = std::ranges::all_of(id.bytes, [](auto byte) { return byte == 0xff; });
  if (name == "nil") return compare("nil", true, id.nil());
  if (name == "max") return compare("all ones", true, all_ones);
  if (!r.has("namespace")) throw cannot_judge{"unknown name: " + name};
  return {};
}

std::string check_field(const uuid& id, const row& r, const std::string& name) {
  const auto same = [&](std::uint64_t got) {
    return compare(name, std::to_string(number(r, name)), std::to_string(got));
  };
  if (name == "version") return same(static_cast<std::uint64_t>(id.version()));
  if (name == "unix_ts_ms") return same(id.unix_ms());
  if (name == "rand_a") return same(bits(id, 52, 12));
  if (name == "rand_b") return same(bits(id, 66, 62));
  if (name == "gregorian_100ns") return same(gregorian(id));
  if (name == "clock_seq") return same(bits(id, 66, 14));
  if (name == "node") return same(bits(id, 80, 48));
  if (name == "name") return check_name(id, r);
  // Ids made from names (versions 3 and 5) are read, not made here.
  constexpr std::string_view silent[] = {"text",      "id",  "valid", "derived",
                                         "namespace", "why", "kind"};
  if (std::ranges::find(silent, name) == std::end(silent))
    throw cannot_judge{"unknown field: " + name};
  return {};
}

std::string judge(const row& r) {
  const std::string text = r.string("text");
  const auto id = uuid::parse(text);
  const bool valid = !r.has("valid") || r.boolean("valid");
  if (id.has_value() != valid) return compare(text + " is valid", valid, id.has_value());
  if (!valid) return {};
  std::string lower = text;
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (auto wrong = compare("text", lower, id->text()); !wrong.empty()) return wrong;
  for (const auto& field : r.fields)
    if (auto wrong = check_field(*id, r, field.key()); !wrong.empty()) return wrong;
  return {};
}

}  // namespace

void run_uuid(const std::filesystem::path& folder, set_report& report) {
  run_case_files(folder, report, judge);
}

}  // namespace rows
