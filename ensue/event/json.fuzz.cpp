#include <ensue/event/json.hpp>

#include <boost/describe.hpp>
#include <boost/json/value.hpp>

#include <cstdlib>

// Any bytes: parsed or refused, never a crash; what was read is written and reads back the same, as
// a document and as a struct.

namespace fuzzed {

enum class colour { red, green };
BOOST_DESCRIBE_ENUM(colour, red, green)

struct node {
  std::int64_t i = 0;
  std::uint64_t u = 0;
  double d = 0;
  float f = 0;
  bool b = false;
  std::string s;
  colour c{};
  std::optional<int> o;
  std::vector<node> v;
  std::map<std::string, std::vector<bool>> m;
  std::variant<std::monostate, std::string, double> a;
  std::chrono::milliseconds t{};
  ensue::wall_time w{};
  ensue::uuid id;
  bool operator==(const node&) const = default;
};
BOOST_DESCRIBE_STRUCT(node, (), (i, u, d, f, b, s, c, o, v, m, a, t, w, id))

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace fuzzed

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using fuzzed::must;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto document = ensue::parse_json(text);
  if (!document) {
    must(!document.error().message.empty());
    return 0;
  }
  must(ensue::valid_utf8(text));
  const auto written = ensue::json_text(*document).value();
  must(ensue::json_text(ensue::parse_json(written).value()).value() == written);
  const auto event = ensue::decode_document<fuzzed::node>(*document);
  if (!event) return 0;
  // Members that were absent are written, so the text may be longer and deeper than the limits.
  const ensue::json_limits roomy{.bytes = 64 << 20, .depth = 64, .elements = 10'000'000};
  const auto text_again = ensue::encode_json(*event, roomy).value();
  const auto again = ensue::decode_json<fuzzed::node>(text_again, {.limits = roomy});
  must(*again == *event);
  return 0;
}
