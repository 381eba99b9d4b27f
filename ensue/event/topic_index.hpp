#pragma once

#include <ensue/base/result.hpp>
#include <ensue/event/topic.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// Finds which of many patterns match a topic, in a time that depends on the topic and on the
/// patterns that share a beginning with it, not on how many others there are. Memory is linear in
/// the levels of all patterns. One owner, one thread.
class topic_index {
 public:
  /// The caller's name for a pattern, e.g. a slot in its own table. One value may have several
  /// patterns, and one pattern several values.
  using value = std::uint32_t;

  explicit topic_index(topic_style style = topic_style::nats);

  /// errc::invalid when the pattern is not valid, errc::exists when the pair is already there.
  result<> add(std::string_view pattern, value v);
  /// errc::not_found when the pair is not there.
  result<> remove(std::string_view pattern, value v);

  /// Puts the values of all matching patterns into `out` (replacing what was there): ascending,
  /// each once. An invalid topic matches nothing. Allocates only to grow `out`.
  void match(std::string_view topic, std::vector<value>& out) const;

  std::size_t size() const noexcept { return pairs_; }

 private:
  using node_id = std::uint32_t;
  using level_id = std::uint32_t;
  static constexpr std::uint32_t none = 0xffff'ffff;

  struct node {
    node_id parent = none;
    level_id level = none;       ///< by which literal the parent reaches it; none: a wildcard
    node_id one = none;          ///< child of the one-level wildcard
    std::uint32_t literals = 0;  ///< how many children are reached by a literal
    std::vector<value> here;     ///< patterns that end here, ascending
    std::vector<value> rest;     ///< those that end here with the rest wildcard, ascending
  };
  struct level_use {
    level_id id;
    std::uint32_t uses;  ///< child links named by it
  };
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  static std::uint64_t link(node_id parent, level_id level) noexcept {
    return std::uint64_t{parent} << 32 | level;
  }
  node_id child(node_id parent, level_id level) const noexcept;
  level_id level_of(std::string_view level) const noexcept;
  node_id find(std::string_view pattern, bool& rest) const noexcept;
  node_id take_node(node_id parent, level_id level);
  node_id make_child(node_id parent, std::string_view level);
  void prune(node_id at);
  void collect(node_id at, const level_id* next, const level_id* end, bool hidden,
               std::vector<value>& out) const;

  const detail::topic_syntax& syntax_;
  topic_style style_;
  std::size_t pairs_ = 0;
  std::vector<node> nodes_;
  std::vector<node_id> free_nodes_;
  boost::unordered_flat_map<std::string, level_use, text_hash, std::equal_to<>> levels_;
  std::vector<std::string> level_text_;
  std::vector<level_id> free_levels_;
  boost::unordered_flat_map<std::uint64_t, node_id> children_;
};

}  // namespace ensue
