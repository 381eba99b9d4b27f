#include <ensue/transport/sqlite/log_rows.hpp>

#include <algorithm>
#include <chrono>

namespace ensue::sqlite {
namespace {

constexpr std::string_view insert =
    "INSERT OR IGNORE INTO ensue_log(id,source,type,key,time,attributes,data,crc,stored) "
    "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)";
constexpr std::string_view select_range =
    "SELECT position,id,source,type,key,time,attributes,data,crc FROM ensue_log "
    "WHERE position>?1 AND position<=?2 ORDER BY position LIMIT ?3";

std::int64_t milliseconds_of(wall_time t) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

std::uint64_t unsigned_of(std::int64_t n) { return n > 0 ? static_cast<std::uint64_t>(n) : 0; }

}  // namespace

std::size_t append(connection& on, const std::vector<cloud_event>& events, wall_time now) {
  statement s = on.use(insert);
  event_binding binding;
  s.bind(9, milliseconds_of(now));
  std::size_t stored = 0;
  for (const cloud_event& e : events) {
    binding.bind(s, e);
    stored += static_cast<std::size_t>(s.run());
  }
  return stored;
}

std::vector<stored_event> read_log(connection& on, std::uint64_t after, std::uint64_t last,
                                   std::size_t most) {
  std::vector<stored_event> found;
  statement s = on.use(select_range);
  s.with(after, last, most);
  while (s.row()) {
    stored_event& e = found.emplace_back();
    e.position = unsigned_of(s.integer(0));
    e.damaged = !read_event(s, 1, e.event);
  }
  return found;
}

std::optional<stored_event> read_one(connection& on, std::uint64_t position) {
  auto found = read_log(on, position - 1, position, 1);
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::uint64_t last_position(connection& on) {
  return unsigned_of(on.number("SELECT max(position) FROM ensue_log"));
}

std::uint64_t first_unsettled(connection& on) {
  const std::uint64_t end = last_position(on) + 1;
  statement s = on.use(
      "SELECT min(p) FROM (SELECT min(cursor)+1 AS p FROM ensue_groups "
      "UNION ALL SELECT min(first) FROM ensue_claims "
      "UNION ALL SELECT min(position) FROM ensue_exceptions)");
  if (!s.row() || s.null(0)) return end;
  return std::min(end, unsigned_of(s.integer(0)));
}

std::size_t trim(connection& on, const retention& r, wall_time now, std::size_t most) {
  const std::uint64_t last = last_position(on);
  std::uint64_t end = last;  // the first that stays
  if (!r.drop_unsettled) end = std::min(end, first_unsettled(on));
  const std::uint64_t by_count = last > r.count_max ? last - r.count_max + 1 : 0;
  const std::uint64_t oldest = unsigned_of(on.number(
      "SELECT position FROM ensue_log WHERE position NOT IN(SELECT position FROM ensue_dead) "
      "ORDER BY position LIMIT 1"));
  statement young = on.use(
      "SELECT position FROM ensue_log WHERE position>=?1 AND position<?2 AND stored>=?3 "
      "ORDER BY position LIMIT 1");
  young.with(oldest, oldest + most, milliseconds_of(now - r.age_max));
  const std::uint64_t by_age = young.row() ? unsigned_of(young.integer(0)) : oldest + most;
  end = std::min(end, std::max(by_count, by_age));
  if (end <= oldest) return 0;
  end = std::min<std::uint64_t>(end, oldest + most);
  const auto gone = on.use(
                          "DELETE FROM ensue_log WHERE position>=?1 AND position<?2 AND position "
                          "NOT IN(SELECT position FROM ensue_dead)")
                        .with(oldest, end)
                        .run();
  return static_cast<std::size_t>(gone);
}

}  // namespace ensue::sqlite
