#include <ensue/base/random.hpp>
#include <ensue/event/topic.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;

namespace {

constexpr auto nats = topic_style::nats;
constexpr auto mqtt = topic_style::mqtt;

/// A random text of few levels over few words, so that coincidences are common.
std::string random_text(random_stream& random, const std::vector<std::string>& words, char by) {
  std::string text;
  for (std::uint64_t n = 1 + random.below(3), i = 0; i < n; ++i) {
    if (i != 0) text += by;
    text += words[random.below(words.size())];
  }
  return text;
}

/// Every topic of at most `depth` levels over `words`.
std::vector<std::string> all_topics(const std::vector<std::string>& words, char by, int depth) {
  std::vector<std::string> all = words;
  for (std::size_t from = 0; depth > 1; --depth) {
    const std::size_t to = all.size();
    for (std::size_t i = from; i < to; ++i)
      for (const auto& word : words) all.push_back(all[i] + by + word);
    from = to;
  }
  return all;
}

}  // namespace

TEST_CASE("nats: which texts are topics") {
  for (const char* good : {"a", "a.b", "foo*", "a.*b", ">b", "a>>", "a.b.c", "größe.1"})
    CHECK_MESSAGE(valid_topic(good), good);
  for (const char* bad :
       {"", ".", "a.", ".a", "a..b", "*", ">", "a.*", "a.>", "a b", "a.\t", "a\n"})
    CHECK_MESSAGE(!valid_topic(bad), bad);
}

TEST_CASE("nats: which texts are patterns") {
  for (const char* good : {"a", "*", ">", "a.*.c", "a.>", "*.>", "a*b", "a.>>", "a>b.c"})
    CHECK_MESSAGE(valid_pattern(good), good);
  for (const char* bad : {"", "a.", ">.a", "a.>.b", "..", "a. .b"})
    CHECK_MESSAGE(!valid_pattern(bad), bad);
}

TEST_CASE("nats: what matches") {
  CHECK(topic_matches("orders.*.created", "orders.eu.created"));
  CHECK_FALSE(topic_matches("orders.*.created", "orders.created"));
  CHECK_FALSE(topic_matches("orders.*.created", "orders.eu.west.created"));
  CHECK(topic_matches("orders.>", "orders.eu.west.created"));
  CHECK_FALSE(topic_matches("orders.>", "orders"));
  CHECK_FALSE(topic_matches("orders", "orders.eu"));
  CHECK_FALSE(topic_matches(">", "a..b"));
  CHECK(topic_matches("a*", "a*"));
  CHECK_FALSE(topic_matches("a*", "ab"));
}

TEST_CASE("mqtt: filters and what they match") {
  for (const char* good : {"#", "+", "/", "a//b", "+/+/#", "$SYS/#", "a b"})
    CHECK_MESSAGE(valid_pattern(good, mqtt), good);
  for (const char* bad : {"", "a#", "a/#/b", "+a", "a+/b"})
    CHECK_MESSAGE(!valid_pattern(bad, mqtt), bad);
  CHECK_FALSE(valid_topic("a/+", mqtt));
  CHECK(topic_matches("a/#", "a", mqtt));
  CHECK(topic_matches("a/#", "a/b/c", mqtt));
  CHECK(topic_matches("+/b", "/b", mqtt));
  CHECK_FALSE(topic_matches("#", "$SYS/x", mqtt));
  CHECK_FALSE(topic_matches("+/x", "$SYS/x", mqtt));
  CHECK(topic_matches("$SYS/#", "$SYS/x", mqtt));
}

TEST_CASE("limits: a topic too long or too deep is not valid") {
  CHECK(valid_topic(std::string(topic_bytes_max, 'a')));
  CHECK_FALSE(valid_topic(std::string(topic_bytes_max + 1, 'a')));
  std::string deep = "a";
  for (std::size_t i = 1; i < topic_levels_max; ++i) deep += ".a";
  CHECK(valid_topic(deep));
  CHECK_FALSE(valid_topic(deep + ".a"));
}

TEST_CASE("has_wildcard looks at whole levels") {
  CHECK(has_wildcard("a.*"));
  CHECK(has_wildcard(">"));
  CHECK_FALSE(has_wildcard("a*.b>"));
  CHECK(has_wildcard("a/#", mqtt));
}

// Within and overlap are statements about sets of topics: compared with the sets themselves, over
// every topic one level deeper than any pattern here and with a word that no pattern names.
TEST_CASE("property: within and overlap agree with the sets of matching topics") {
  struct {
    topic_style style;
    char by;
    std::vector<std::string> pattern_words, topic_words;
  } const styles[] = {{nats, '.', {"a", "b", "*", ">"}, {"a", "b", "z"}},
                      {mqtt, '/', {"a", "b", "+", "#"}, {"a", "b", "z"}}};
  random_stream random{7};
  for (const auto& s : styles) {
    const auto topics = all_topics(s.topic_words, s.by, 4);
    for (int i = 0; i < 2000; ++i) {
      const std::string x = random_text(random, s.pattern_words, s.by);
      const std::string y = random_text(random, s.pattern_words, s.by);
      if (!valid_pattern(x, s.style) || !valid_pattern(y, s.style)) continue;
      bool within = true, overlap = false;
      for (const auto& topic : topics) {
        const bool in_x = topic_matches(x, topic, s.style), in_y = topic_matches(y, topic, s.style);
        within &= !in_x || in_y;
        overlap |= in_x && in_y;
      }
      CHECK_MESSAGE(pattern_within(x, y, s.style) == within, x << " within " << y);
      CHECK_MESSAGE(patterns_overlap(x, y, s.style) == overlap, x << " overlaps " << y);
    }
  }
}
