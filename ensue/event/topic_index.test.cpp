#include <ensue/base/random.hpp>
#include <ensue/event/topic_index.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace ensue;

namespace {

using values = std::vector<topic_index::value>;

values match(const topic_index& index, std::string_view topic) {
  values out{99};
  index.match(topic, out);
  return out;
}

/// Level by level, as the documentation says it; shares no code with the index.
bool naive(std::string_view pattern, std::string_view topic, char by, char one, char rest,
           bool rest_may_be_none) {
  const auto head = [by](std::string_view& text, bool& more) {
    const auto end = text.find(by);
    const auto level = text.substr(0, end);
    more = end != text.npos;
    text = more ? text.substr(end + 1) : std::string_view{};
    return level;
  };
  bool more_pattern = true, more_topic = true;
  while (more_pattern && more_topic) {
    const auto p = head(pattern, more_pattern), t = head(topic, more_topic);
    if (p == std::string_view{&rest, 1}) return true;
    if (p != std::string_view{&one, 1} && p != t) return false;
  }
  if (more_topic) return false;
  return !more_pattern || (rest_may_be_none && pattern == std::string_view{&rest, 1});
}

std::string random_text(random_stream& random, const std::vector<std::string>& words, char by,
                        std::uint64_t levels) {
  std::string text;
  for (std::uint64_t n = 1 + random.below(levels), i = 0; i < n; ++i) {
    if (i != 0) text += by;
    text += words[random.below(words.size())];
  }
  return text;
}

struct style_case {
  topic_style style;
  char by, one, rest;
  bool rest_may_be_none;
};

}  // namespace

TEST_CASE("values of all matching patterns come ascending and once") {
  topic_index index;
  REQUIRE(index.add("orders.>", 3).has_value());
  REQUIRE(index.add("orders.*.created", 1).has_value());
  REQUIRE(index.add("orders.eu.created", 2).has_value());
  REQUIRE(index.add("*.eu.*", 1).has_value());
  REQUIRE(index.add(">", 0).has_value());
  CHECK(match(index, "orders.eu.created") == values{0, 1, 2, 3});
  CHECK(match(index, "orders.us.created") == values{0, 1, 3});
  CHECK(match(index, "orders") == values{0});
  CHECK(match(index, "orders..created").empty());
}

TEST_CASE("bad additions and removals are refused and change nothing") {
  topic_index index;
  CHECK(index.add("a.>.b", 1).error() == errc::invalid);
  REQUIRE(index.add("a.*", 1).has_value());
  CHECK(index.add("a.*", 1).error() == errc::exists);
  CHECK(index.remove("a.*", 2).error() == errc::not_found);
  CHECK(index.remove("a.b", 1).error() == errc::not_found);
  CHECK(index.size() == 1);
  CHECK(match(index, "a.b") == values{1});
  REQUIRE(index.remove("a.*", 1).has_value());
  CHECK(match(index, "a.b").empty());
  CHECK(index.size() == 0);
}

TEST_CASE("mqtt: a leading wildcard leaves topics that begin with $ alone") {
  topic_index index{topic_style::mqtt};
  REQUIRE(index.add("#", 1).has_value());
  REQUIRE(index.add("+/x", 2).has_value());
  REQUIRE(index.add("$SYS/+", 3).has_value());
  CHECK(match(index, "$SYS/x") == values{3});
  CHECK(match(index, "SYS/x") == values{1, 2});
}

TEST_CASE("property: the index agrees with a naive matcher while patterns come and go") {
  const style_case styles[] = {{topic_style::nats, '.', '*', '>', false},
                               {topic_style::mqtt, '/', '+', '#', true}};
  random_stream random{11};
  for (const auto& s : styles) {
    const std::vector<std::string> words{"a", "b", "c", "longer"};
    std::vector<std::string> pattern_words = words;
    pattern_words.emplace_back(1, s.one);
    pattern_words.emplace_back(1, s.rest);
    topic_index index{s.style};
    std::vector<std::pair<std::string, topic_index::value>> kept;
    for (topic_index::value v = 0; v < 3000; ++v) {
      if (!kept.empty() && random.chance(450)) {
        const auto at = static_cast<std::ptrdiff_t>(random.below(kept.size()));
        REQUIRE(index
                    .remove(kept[static_cast<std::size_t>(at)].first,
                            kept[static_cast<std::size_t>(at)].second)
                    .has_value());
        kept.erase(kept.begin() + at);
      } else {
        const auto pattern = random_text(random, pattern_words, s.by, 4);
        if (!valid_pattern(pattern, s.style)) continue;
        REQUIRE(index.add(pattern, v).has_value());
        kept.emplace_back(pattern, v);
      }
      const auto topic = random_text(random, words, s.by, 5);
      values expected;
      for (const auto& [pattern, value] : kept)
        if (naive(pattern, topic, s.by, s.one, s.rest, s.rest_may_be_none))
          expected.push_back(value);
      REQUIRE(match(index, topic) == expected);
    }
    REQUIRE(index.size() == kept.size());
  }
}

TEST_CASE("ten thousand other patterns do not show") {
  topic_index index;
  for (topic_index::value v = 0; v < 10'000; ++v)
    REQUIRE(index.add("user." + std::to_string(v) + ".*.>", v).has_value());
  REQUIRE(index.add("orders.*", 10'000).has_value());
  CHECK(match(index, "orders.eu") == values{10'000});
  CHECK(match(index, "user.77.x.y") == values{77});
  for (topic_index::value v = 0; v < 10'000; ++v)
    REQUIRE(index.remove("user." + std::to_string(v) + ".*.>", v).has_value());
  CHECK(match(index, "user.77.x.y").empty());
  CHECK(match(index, "orders.eu") == values{10'000});
}
