#include <ensue/event/topic.hpp>
#include <ensue/transport/transport.hpp>

#include <algorithm>
#include <charconv>

namespace ensue {

std::string_view name_of(transport_state s) noexcept {
  switch (s) {
    case transport_state::connecting: return "connecting";
    case transport_state::ready: return "ready";
    case transport_state::degraded: return "degraded";
    case transport_state::down: return "down";
  }
  return "unknown";
}

std::optional<std::string> falls_short(const transport& t, const guarantee& given,
                                       survival at_least, bool replicated) {
  if (given.accepted >= at_least && (given.replicated || !replicated)) return std::nullopt;
  std::string text = t.url() + " promises survival::" + std::string{name_of(given.accepted)} +
                     (given.replicated ? ", replicated" : "") +
                     "; asked for survival::" + std::string{name_of(at_least)} +
                     (replicated ? ", replicated" : "");
  if (!given.obstacle.empty()) text += ": " + given.obstacle;
  return text;
}

task<transport_result<guarantee>> open_with(transport& t, survival at_least, bool replicated) {
  auto given = co_await t.open();
  if (!given) co_return given;
  if (auto missing = falls_short(t, *given, at_least, replicated))
    co_return transport_error{errc::refused, std::move(*missing)};
  co_return given;
}

bool wanted(const std::vector<std::string>& types, std::string_view type) noexcept {
  return types.empty() || std::any_of(types.begin(), types.end(), [&](const std::string& pattern) {
           return topic_matches(pattern, type);
         });
}

std::optional<std::string> wrong(const consume_options& o) {
  if (o.group.empty()) return "consume: group is empty; give the subscription a name";
  if (o.prefetch == 0) return "consume: prefetch is 0; nothing would ever come";
  if (o.lease <= duration::zero()) return "consume: lease must be longer than nothing";
  for (const std::string& pattern : o.types)
    if (!valid_pattern(pattern)) return "consume: '" + pattern + "' is no pattern of types";
  return std::nullopt;
}

bool fits(const replay_options& o, const cloud_event& e) noexcept {
  if (!wanted(o.types, e.type) || (!o.key.empty() && lane_key(e) != o.key)) return false;
  if (!e.time) return o.since == wall_time::min() && o.until == wall_time::max();
  return o.since <= *e.time && *e.time <= o.until;
}

result<std::uint64_t> position_number(std::string_view text) noexcept {
  std::uint64_t number = 0;
  if (text.empty()) return number;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size()) return errc::invalid;
  return number;
}

std::string_view lane_key(const cloud_event& e) noexcept {
  const std::string* const key = e.extension("partitionkey");
  return key ? std::string_view{*key} : std::string_view{};
}

std::size_t bytes_of(const cloud_event& e) noexcept {
  std::size_t bytes = e.id.size() + e.source.size() + e.type.size() + e.subject.size() +
                      e.content_type.size() + e.schema.size() + e.data.size();
  for (const cloud_event::attribute& a : e.extensions) bytes += a.name.size() + a.value.size();
  return bytes;
}

error_code refused_by(const transport_features& f, const cloud_event& e) noexcept {
  if (bytes_of(e) > f.event_bytes_max || wrong(e)) return errc::invalid;
  return {};
}

}  // namespace ensue
