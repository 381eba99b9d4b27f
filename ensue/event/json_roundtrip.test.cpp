#include <ensue/base/random.hpp>
#include <ensue/event/json.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

#include <bit>
#include <cmath>

using namespace ensue;

namespace roundtrip {

enum class colour { red, green, blue };
BOOST_DESCRIBE_ENUM(colour, red, green, blue)

struct head {
  std::int64_t i = 1;
  std::uint64_t u = 2;
  bool operator==(const head&) const = default;
};
BOOST_DESCRIBE_STRUCT(head, (), (i, u))

struct node : head {
  double d = 3;
  float f = 4;
  std::int8_t small = 5;
  bool b = true;
  std::string s = "six";
  colour c = colour::blue;
  std::optional<std::string> o;
  std::vector<node> v;
  std::map<std::string, std::optional<double>> m;
  std::variant<std::monostate, std::string, std::uint32_t> a;
  std::chrono::nanoseconds t{7};
  wall_time w{};
  uuid id;
  bool operator==(const node&) const = default;
};
BOOST_DESCRIBE_STRUCT(node, (head), (d, f, small, b, s, c, o, v, m, a, t, w, id))

/// Values at the edges are as likely as any others.
class generator {
 public:
  explicit generator(std::uint64_t seed) : random_{seed} {}

  std::uint64_t integer() {
    return random_.chance(200) ? ~0ull << random_.below(64) : random_.next() >> random_.below(64);
  }
  template <class F, class Bits>
  F real() {
    const F edges[] = {F(0),
                       -F(0),
                       F(0.1),
                       std::numeric_limits<F>::max(),
                       std::numeric_limits<F>::denorm_min(),
                       std::numeric_limits<F>::lowest()};
    if (random_.chance(300)) return edges[random_.below(std::size(edges))];
    const auto any = std::bit_cast<F>(static_cast<Bits>(random_.next()));
    return std::isfinite(any) ? any : F(1);
  }
  std::string text() {
    const char* parts[] = {"a", "\"", "\\", "\n", "\x01", "é", "𝄞", "/", "\u2028", "type"};
    std::string out;
    for (auto n = random_.below(5); n > 0; --n) out += parts[random_.below(std::size(parts))];
    if (random_.chance(50)) out += '\0';
    return out;
  }
  node make(int depth) {
    node n;
    n.i = static_cast<std::int64_t>(integer());
    n.u = integer();
    n.d = real<double, std::uint64_t>();
    n.f = real<float, std::uint32_t>();
    n.small = static_cast<std::int8_t>(integer());
    n.b = random_.chance(500);
    n.s = text();
    n.c = static_cast<colour>(random_.below(3));
    if (random_.chance(500)) n.o = text();
    if (random_.chance(500)) n.a = text();
    if (random_.chance(300)) n.a = static_cast<std::uint32_t>(integer());
    n.t = std::chrono::nanoseconds{static_cast<std::int64_t>(integer())};
    n.w = wall_time{std::chrono::nanoseconds{static_cast<std::int64_t>(integer())}};
    for (auto& byte : n.id.bytes) byte = static_cast<std::uint8_t>(random_.next());
    for (auto k = random_.below(3); k > 0; --k)
      n.m[text()] =
          random_.chance(500) ? std::optional{real<double, std::uint64_t>()} : std::nullopt;
    for (auto k = depth > 0 ? random_.below(3) : 0; k > 0; --k) n.v.push_back(make(depth - 1));
    return n;
  }

 private:
  random_stream random_;
};

}  // namespace roundtrip

using roundtrip::node;

TEST_CASE("property: decoding what was encoded gives the same value") {
  roundtrip::generator generate{17};
  for (int i = 0; i < 1500; ++i) {
    const node n = generate.make(3);
    const auto text = encode_json(n).value();
    const auto back = decode_json<node>(text);
    REQUIRE_MESSAGE(back.has_value(), back.error().text());
    REQUIRE_MESSAGE(*back == n, text);
    REQUIRE(encode_json(*back).value() == text);  // also tells 0 from -0
  }
}

TEST_CASE("property: a damaged text is refused with an error, or read; never more") {
  roundtrip::generator generate{18};
  random_stream random{19};
  int refused = 0;
  for (int i = 0; i < 1500; ++i) {
    auto text = encode_json(generate.make(1)).value();
    for (int n = 0; n < 3; ++n)
      text[random.below(text.size())] = "{}[],:\"\\0-e.x"[random.below(13)];
    const auto back = decode_json<node>(text);
    refused += back.has_error();
    if (back.has_error()) REQUIRE_FALSE(back.error().message.empty());
  }
  CHECK(refused > 1000);
}
