#include <ensue/event/topic_index.hpp>

#include <algorithm>
#include <array>

namespace ensue {
namespace {

bool is(std::string_view level, char wildcard) noexcept {
  return level.size() == 1 && level[0] == wildcard;
}

}  // namespace

topic_index::topic_index(topic_style style)
    : syntax_{detail::syntax_of(style)}, style_{style}, nodes_(1) {}

topic_index::level_id topic_index::level_of(std::string_view level) const noexcept {
  const auto it = levels_.find(level);
  return it == levels_.end() ? none : it->second.id;
}

topic_index::node_id topic_index::child(node_id parent, level_id level) const noexcept {
  if (level == none || nodes_[parent].literals == 0) return none;
  const auto it = children_.find(link(parent, level));
  return it == children_.end() ? none : it->second;
}

topic_index::node_id topic_index::take_node(node_id parent, level_id level) {
  node_id id;
  if (free_nodes_.empty()) {
    id = static_cast<node_id>(nodes_.size());
    nodes_.emplace_back();
  } else {
    id = free_nodes_.back();
    free_nodes_.pop_back();
  }
  nodes_[id].parent = parent;
  nodes_[id].level = level;
  return id;
}

topic_index::node_id topic_index::make_child(node_id parent, std::string_view text) {
  if (is(text, syntax_.one)) {
    if (nodes_[parent].one == none) {
      const node_id made = take_node(parent, none);
      nodes_[parent].one = made;
    }
    return nodes_[parent].one;
  }
  level_id level = level_of(text);
  if (const node_id known = child(parent, level); known != none) return known;
  if (level == none) {
    if (free_levels_.empty()) {
      level = static_cast<level_id>(level_text_.size());
      level_text_.emplace_back(text);
    } else {
      level = free_levels_.back();
      free_levels_.pop_back();
      level_text_[level] = text;
    }
    levels_.emplace(std::string{text}, level_use{level, 0});
  }
  ++levels_.find(text)->second.uses;
  const node_id made = take_node(parent, level);
  children_.emplace(link(parent, level), made);
  ++nodes_[parent].literals;
  return made;
}

result<> topic_index::add(std::string_view pattern, value v) {
  if (!valid_pattern(pattern, style_)) return errc::invalid;
  node_id at = 0;
  bool rest = false;
  detail::level_reader levels{pattern, syntax_.separator};
  for (std::string_view level; levels.next(level);) {
    rest = is(level, syntax_.rest);
    if (!rest) at = make_child(at, level);
  }
  auto& values = rest ? nodes_[at].rest : nodes_[at].here;
  const auto place = std::ranges::lower_bound(values, v);
  if (place != values.end() && *place == v) return errc::exists;
  values.insert(place, v);
  ++pairs_;
  return {};
}

topic_index::node_id topic_index::find(std::string_view pattern, bool& rest) const noexcept {
  node_id at = 0;
  detail::level_reader levels{pattern, syntax_.separator};
  for (std::string_view level; at != none && levels.next(level);) {
    rest = is(level, syntax_.rest);
    if (!rest) at = is(level, syntax_.one) ? nodes_[at].one : child(at, level_of(level));
  }
  return at;
}

result<> topic_index::remove(std::string_view pattern, value v) {
  bool rest = false;
  const node_id at = valid_pattern(pattern, style_) ? find(pattern, rest) : none;
  if (at == none) return errc::not_found;
  auto& values = rest ? nodes_[at].rest : nodes_[at].here;
  const auto place = std::ranges::lower_bound(values, v);
  if (place == values.end() || *place != v) return errc::not_found;
  values.erase(place);
  --pairs_;
  prune(at);
  return {};
}

void topic_index::prune(node_id at) {
  while (at != 0) {
    const node& gone = nodes_[at];
    if (!gone.here.empty() || !gone.rest.empty() || gone.one != none || gone.literals != 0) return;
    const node_id parent = gone.parent;
    if (gone.level == none) {
      nodes_[parent].one = none;
    } else {
      children_.erase(link(parent, gone.level));
      --nodes_[parent].literals;
      const auto it = levels_.find(level_text_[gone.level]);
      if (--it->second.uses == 0) {
        free_levels_.push_back(gone.level);
        levels_.erase(it);
      }
    }
    nodes_[at] = node{};
    free_nodes_.push_back(at);
    at = parent;
  }
}

void topic_index::collect(node_id at, const level_id* next, const level_id* end, bool hidden,
                          std::vector<value>& out) const {
  const node& here = nodes_[at];
  if (!hidden && (next != end || syntax_.rest_may_be_none))
    out.insert(out.end(), here.rest.begin(), here.rest.end());
  if (next == end) {
    out.insert(out.end(), here.here.begin(), here.here.end());
    return;
  }
  if (here.one != none && !hidden) collect(here.one, next + 1, end, false, out);
  if (const node_id literal = child(at, *next); literal != none)
    collect(literal, next + 1, end, false, out);
}

void topic_index::match(std::string_view topic, std::vector<value>& out) const {
  out.clear();
  if (pairs_ == 0 || !valid_topic(topic, style_)) return;
  std::array<level_id, topic_levels_max> path;
  std::size_t count = 0;
  detail::level_reader levels{topic, syntax_.separator};
  for (std::string_view level; levels.next(level);) path[count++] = level_of(level);
  const bool hidden = syntax_.dollar_is_private && topic[0] == '$';
  collect(0, path.data(), path.data() + count, hidden, out);
  std::ranges::sort(out);
  const auto repeated = std::ranges::unique(out);
  out.erase(repeated.begin(), repeated.end());
}

}  // namespace ensue
