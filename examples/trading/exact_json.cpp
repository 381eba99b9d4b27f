#include "exact_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <charconv>
#include <string>
#include <utility>

namespace trading {
namespace {

const boost::json::string* digits_of(const boost::json::object& o) {
  if (o.size() != 1 || !o.begin()->key().empty()) return nullptr;
  return o.begin()->value().if_string();
}

void write(std::string& out, const boost::json::value& value) {
  if (const auto* const all = value.if_array()) {
    const char* between = "[";
    for (const auto& one : *all) {
      out += std::exchange(between, ",");
      write(out, one);
    }
    out += all->empty() ? "[]" : "]";
  } else if (const auto* const o = value.if_object()) {
    if (const auto* const digits = digits_of(*o)) {
      out += *digits;
      return;
    }
    const char* between = "{";
    for (const auto& [key, member] : *o) {
      out += std::exchange(between, ",");
      out += boost::json::serialize(boost::json::string_view(key)) + ":";
      write(out, member);
    }
    out += o->empty() ? "{}" : "}";
  } else {
    out += boost::json::serialize(value);
  }
}

boost::json::value from_digits(const std::string& digits) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  if (error == std::errc{} && end == digits.data() + digits.size()) return n;
  return boost::json::object{{"", digits}};
}

}  // namespace

boost::json::value exact_number(int128 n) { return from_digits(scaled_text(n, 0)); }

boost::json::value exact_units(const decimal_sum& sum) { return from_digits(sum.units_text()); }

std::string exact_text(const boost::json::value& value) {
  std::string out;
  write(out, value);
  return out;
}

}  // namespace trading
