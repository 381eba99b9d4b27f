#include <ensue/transport/sqlite/claim_bits.hpp>
#include <ensue/transport/sqlite/group_rows.hpp>
#include <ensue/transport/sqlite/log_rows.hpp>
#include <ensue/transport/transport.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace ensue::sqlite {
namespace {

std::int64_t ticks(time_point t) { return t.time_since_epoch().count(); }

struct claim_row {
  std::int64_t id;
  claim_bits bits;
};

std::vector<claim_row> claims_of(connection& on, std::uint64_t member) {
  std::vector<claim_row> rows;
  statement s = on.use("SELECT id,first,last,settled FROM ensue_claims WHERE member=?1");
  s.with(member);
  while (s.row())
    rows.push_back(
        {s.integer(0), claim_bits{static_cast<std::uint64_t>(s.integer(1)),
                                  static_cast<std::uint64_t>(s.integer(2)), s.bytes(3)}});
  return rows;
}

bool is_member(connection& on, const membership& m) {
  return on.use("SELECT 1 FROM ensue_members WHERE id=?1").with(m.member).row();
}

struct exception_row {
  std::uint64_t position = 0;
  std::uint64_t member = 0;
  unsigned attempt = 1;
  wall_time since{};
  wall_time until{};
  std::string_view key{};
};

void put_exception(connection& on, std::uint64_t group, const exception_row& e) {
  statement s = on.use(
      "INSERT OR REPLACE INTO ensue_exceptions(group_id,position,member,attempt,since,until,key) "
      "VALUES(?1,?2,?3,?4,?5,?6,?7)");
  s.with(group, e.position, e.member, e.attempt, e.since.time_since_epoch().count(),
         e.until.time_since_epoch().count());
  if (e.key.empty()) {
    s.bind(7, nullptr);
  } else {
    s.bind(7, e.key);
  }
  s.run();
}

std::string key_at(connection& on, std::uint64_t position) {
  statement s = on.use("SELECT key FROM ensue_log WHERE position=?1");
  s.with(position);
  return s.row() ? std::string{s.text(0)} : std::string{};
}

// Writes what became of a claim.
void write(connection& on, const claim_row& c) {
  if (c.bits.all_settled()) {
    on.use("DELETE FROM ensue_claims WHERE id=?1").with(c.id).run();
  } else {
    on.use("UPDATE ensue_claims SET settled=?2 WHERE id=?1").with(c.id, blob{c.bits.bytes()}).run();
  }
}

std::string types_text(const std::vector<std::string>& types) {
  std::string text;
  for (const std::string& t : types) text += t + '\n';
  return text;
}

}  // namespace

membership join(connection& on, const std::string& name, const std::vector<std::string>& types,
                bool from_oldest, time_point until) {
  const std::string wanted_types = types_text(types);
  const std::uint64_t cursor = from_oldest ? 0 : last_position(on);
  on.use(
        "INSERT INTO ensue_groups(name,cursor,types) VALUES(?1,?2,?3) "
        "ON CONFLICT(name) DO UPDATE SET types=?3 WHERE types<>?3")
      .with(name, cursor, wanted_types)
      .run();
  membership m;
  {
    statement s = on.use("SELECT id FROM ensue_groups WHERE name=?1");
    s.with(name).row();
    m.group = static_cast<std::uint64_t>(s.integer(0));
  }
  on.use("INSERT INTO ensue_members(group_id,until) VALUES(?1,?2)")
      .with(m.group, ticks(until))
      .run();
  m.member = static_cast<std::uint64_t>(on.number("SELECT last_insert_rowid()"));
  on.locks().hold_member(m.member);
  return m;
}

bool renew(connection& on, const membership& m, time_point until) {
  return on.use("UPDATE ensue_members SET until=?2 WHERE id=?1")
             .with(m.member, ticks(until))
             .run() == 1;
}

bool settle(connection& on, const membership& m, const std::vector<fate>& fates, wall_time now) {
  if (!is_member(on, m)) return false;
  std::vector<claim_row> claims = claims_of(on, m.member);
  std::set<std::size_t> touched;
  for (const fate& f : fates) {
    const auto it = std::find_if(claims.begin(), claims.end(),
                                 [&](const claim_row& c) { return c.bits.open(f.position); });
    const bool in_claim = it != claims.end();
    if (in_claim) {
      it->bits.settle(f.position);
      touched.insert(static_cast<std::size_t>(it - claims.begin()));
    }
    if (f.how.what == settlement::kind::retry_later) {
      const wall_time until = now + std::min<duration>(f.how.wait, std::chrono::hours{24 * 3650});
      put_exception(on, m.group, {f.position, m.member, f.attempt + 1, now, until, f.key});
      continue;
    }
    if (!in_claim)
      on.use("DELETE FROM ensue_exceptions WHERE group_id=?1 AND position=?2")
          .with(m.group, f.position)
          .run();
    if (f.how.what == settlement::kind::dead)
      on.use(
            "INSERT OR REPLACE INTO ensue_dead(group_id,position,attempts,reason,at) "
            "VALUES(?1,?2,?3,?4,?5)")
          .with(m.group, f.position, f.attempt, f.how.reason, now.time_since_epoch().count())
          .run();
  }
  for (const std::size_t i : touched) write(on, claims[i]);
  return true;
}

bool give_back(connection& on, const membership& m, const std::vector<fate>& what) {
  if (!is_member(on, m)) return false;
  std::vector<claim_row> claims = claims_of(on, m.member);
  for (const fate& f : what) {
    const auto it = std::find_if(claims.begin(), claims.end(),
                                 [&](const claim_row& c) { return c.bits.open(f.position); });
    if (it != claims.end()) {
      it->bits.settle(f.position);
      put_exception(on, m.group, {f.position, 0, f.attempt, {}, {}, f.key});
    } else {
      on.use("UPDATE ensue_exceptions SET member=0 WHERE group_id=?1 AND position=?2")
          .with(m.group, f.position)
          .run();
    }
  }
  for (const claim_row& c : claims) write(on, c);
  return true;
}

namespace {

// `out` null: nobody knows which of them had been given to a handler, so all count as attempted.
void take_from(connection& on, const membership& m, const std::set<std::uint64_t>* out,
               wall_time now) {
  const auto tried = [&](std::uint64_t position) { return !out || out->contains(position); };
  for (const claim_row& c : claims_of(on, m.member)) {
    c.bits.for_each_open([&](std::uint64_t p) {
      put_exception(on, m.group, {p, 0, tried(p) ? 2U : 1U, {}, {}, key_at(on, p)});
    });
    on.use("DELETE FROM ensue_claims WHERE id=?1").with(c.id).run();
  }
  if (out) {
    for (const std::uint64_t p : *out)
      on.use(
            "UPDATE ensue_exceptions SET attempt=attempt+1,member=0 "
            "WHERE group_id=?1 AND position=?2 AND member=?3")
          .with(m.group, p, m.member)
          .run();
    on.use("UPDATE ensue_exceptions SET member=0 WHERE group_id=?1 AND member=?2")
        .with(m.group, m.member)
        .run();
  } else {  // those that wait were not out
    on.use(
          "UPDATE ensue_exceptions SET attempt=attempt+(until<=?3 OR since>?3),member=0 "
          "WHERE group_id=?1 AND member=?2")
        .with(m.group, m.member, now.time_since_epoch().count())
        .run();
  }
  on.use("DELETE FROM ensue_members WHERE id=?1").with(m.member).run();
}

bool is_dead(connection& on, const statement& member, time_point now) {
  const auto id = static_cast<std::uint64_t>(member.integer(0));
  return member.integer(1) <= ticks(now) || !on.locks().member_lives(id);
}

}  // namespace

void drop_dead(connection& on, const membership& me, const present& at) {
  std::vector<std::uint64_t> gone;
  statement s = on.use("SELECT id,until FROM ensue_members WHERE group_id=?1 AND id<>?2");
  s.with(me.group, me.member);
  while (s.row())
    if (is_dead(on, s, at.now)) gone.push_back(static_cast<std::uint64_t>(s.integer(0)));
  for (const std::uint64_t id : gone) take_from(on, {me.group, id}, nullptr, at.wall);
}

bool somebody_died(connection& on, const std::vector<std::uint64_t>& groups, time_point now) {
  statement s = on.use("SELECT id,until FROM ensue_members WHERE group_id=?1");
  for (const std::uint64_t group : groups) {
    s.with(group);
    while (s.row())
      if (is_dead(on, s, now)) return true;
    s.reset();
  }
  return false;
}

namespace {

// The keys that a member must not touch now.
class closed_keys {
 public:
  void close(std::string_view key) {
    if (!key.empty()) keys_.emplace(key);
  }
  bool closed(std::string_view key) const { return !key.empty() && keys_.find(key) != keys_.end(); }

 private:
  std::set<std::string, std::less<>> keys_;
};

void close_keys_of_others(connection& on, const membership& me, closed_keys& keys) {
  statement claims =
      on.use("SELECT first,last,settled FROM ensue_claims WHERE group_id=?1 AND member<>?2");
  claims.with(me.group, me.member);
  while (claims.row()) {
    const claim_bits bits{static_cast<std::uint64_t>(claims.integer(0)),
                          static_cast<std::uint64_t>(claims.integer(1)), claims.bytes(2)};
    statement s = on.use(
        "SELECT position,key FROM ensue_log WHERE position BETWEEN ?1 AND ?2 AND key NOT NULL");
    s.with(bits.first(), bits.last());
    while (s.row())
      if (bits.open(static_cast<std::uint64_t>(s.integer(0)))) keys.close(s.text(1));
  }
  statement s = on.use(
      "SELECT key FROM ensue_exceptions "
      "WHERE group_id=?1 AND member<>0 AND member<>?2 AND key NOT NULL");
  s.with(me.group, me.member);
  while (s.row()) keys.close(s.text(0));
}

bool waits(const statement& s, int since, int until, wall_time now) {
  const std::int64_t at = now.time_since_epoch().count();
  return s.integer(since) <= at && at < s.integer(until);
}

void bury(connection& on, std::uint64_t group, std::uint64_t position, unsigned attempt,
          wall_time now) {
  on.use(
        "INSERT OR REPLACE INTO ensue_dead(group_id,position,attempts,reason,at) "
        "VALUES(?1,?2,?3,'damaged: its checksum is wrong',?4)")
      .with(group, position, attempt, now.time_since_epoch().count())
      .run();
}

delivery_lanes::arrival arrival_of(stored_event&& e, unsigned attempt) {
  return {.event = std::move(e.event),
          .position = std::to_string(e.position),
          .handle = e.position,
          .attempt = attempt,
          .maybe_again = attempt > 1};
}

// Takes those of nobody. Returns false when there are more than could be looked at.
bool take_exceptions(connection& on, const claim_request& r, closed_keys& keys, claimed& got) {
  std::vector<std::pair<std::uint64_t, unsigned>> take;
  bool all = true;
  {
    statement s = on.use(
        "SELECT position,attempt,since,until,key FROM ensue_exceptions "
        "WHERE group_id=?1 AND member=0 ORDER BY position LIMIT ?2");
    s.with(r.who.group, r.look);
    std::size_t looked = 0;
    while (s.row()) {
      all = ++looked < r.look;
      const std::string_view key = s.text(4);
      const bool waiting = waits(s, 2, 3, r.at.wall);
      if (waiting)
        got.next_due = std::min(got.next_due, wall_time{wall_time::duration{s.integer(3)}});
      if (waiting || keys.closed(key) || take.size() >= r.want) {
        got.more |= !waiting && !keys.closed(key);
        keys.close(key);
      } else {
        take.emplace_back(static_cast<std::uint64_t>(s.integer(0)),
                          static_cast<unsigned>(s.integer(1)));
      }
    }
  }
  for (const auto& [position, attempt] : take) {
    auto e = read_one(on, position);
    if (!e || e->damaged) {
      if (e) bury(on, r.who.group, position, attempt, r.at.wall), ++got.damaged;
      on.use("DELETE FROM ensue_exceptions WHERE group_id=?1 AND position=?2")
          .with(r.who.group, position)
          .run();
      continue;
    }
    on.use("UPDATE ensue_exceptions SET member=?3 WHERE group_id=?1 AND position=?2")
        .with(r.who.group, position, r.who.member)
        .run();
    got.events.push_back(arrival_of(std::move(*e), attempt));
  }
  return all;
}

}  // namespace

group_place place_of(connection& on, std::uint64_t group) {
  group_place found;
  statement s = on.use("SELECT cursor,types FROM ensue_groups WHERE id=?1");
  s.with(group);
  if (!s.row()) return found;
  found.cursor = static_cast<std::uint64_t>(s.integer(0));
  std::string_view text = s.text(1);
  for (std::size_t end = 0; (end = text.find('\n')) != std::string_view::npos;) {
    found.types.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return found;
}

bool set_cursor(connection& on, const membership& m, std::uint64_t cursor) {
  if (!is_member(on, m)) return false;
  on.use("UPDATE ensue_groups SET cursor=?2 WHERE id=?1").with(m.group, cursor).run();
  return true;
}

bool leads(connection& on, const membership& m) {
  statement s = on.use("SELECT min(id) FROM ensue_members WHERE group_id=?1");
  s.with(m.group);
  return s.row() && static_cast<std::uint64_t>(s.integer(0)) == m.member;
}

namespace {

void take_fresh(connection& on, const claim_request& r, closed_keys& keys, claimed& got) {
  const auto [cursor, types] = place_of(on, r.who.group);
  std::vector<std::uint64_t> mine;
  std::uint64_t end = cursor;
  std::size_t looked = 0;
  statement s = on.use(
      "SELECT position,id,source,type,key,time,attributes,data,crc FROM ensue_log "
      "WHERE position>?1 ORDER BY position");
  s.with(cursor);
  while (got.events.size() < r.want && looked < r.look && s.row()) {
    ++looked;
    end = static_cast<std::uint64_t>(s.integer(0));
    if (!wanted(types, s.text(3))) continue;
    const std::string_view key = s.text(4);
    if (keys.closed(key)) {
      put_exception(on, r.who.group, {end, 0, 1, {}, {}, key});
      continue;
    }
    stored_event e{.position = end};
    if (read_event(s, 1, e.event)) {
      mine.push_back(end);
      got.events.push_back(arrival_of(std::move(e), 1));
    } else {
      bury(on, r.who.group, end, 1, r.at.wall);
      ++got.damaged;
    }
  }
  got.more |= got.events.size() >= r.want || looked >= r.look;
  if (end == cursor) return;
  set_cursor(on, r.who, end);
  if (mine.empty()) return;
  claim_bits bits{mine.front(), mine.back()};
  for (const std::uint64_t p : mine) bits.set_open(p);
  on.use("INSERT INTO ensue_claims(group_id,member,first,last,settled) VALUES(?1,?2,?3,?4,?5)")
      .with(r.who.group, r.who.member, bits.first(), bits.last(), blob{bits.bytes()})
      .run();
}

}  // namespace

claimed claim(connection& on, const claim_request& r) {
  claimed got;
  if (!renew(on, r.who, r.until)) {
    got.fenced = true;
    return got;
  }
  drop_dead(on, r.who, r.at);
  closed_keys keys;
  close_keys_of_others(on, r.who, keys);
  if (take_exceptions(on, r, keys, got)) take_fresh(on, r, keys, got);
  return got;
}

void leave(connection& on, const membership& m, const std::set<std::uint64_t>& out) {
  take_from(on, m, &out, {});
  on.locks().drop_member(m.member);
}

std::vector<dead_row> read_dead(connection& on, const std::string& group, std::size_t most) {
  std::vector<dead_row> rows;
  statement s = on.use(
      "SELECT d.position,d.attempts,d.reason FROM ensue_dead d JOIN ensue_groups g "
      "ON g.id=d.group_id WHERE g.name=?1 ORDER BY d.at,d.position LIMIT ?2");
  s.with(group, most);
  while (s.row())
    rows.push_back({static_cast<std::uint64_t>(s.integer(0)), static_cast<unsigned>(s.integer(1)),
                    std::string{s.text(2)}});
  return rows;
}

bool forget_group(connection& on, const std::string& name) {
  const auto group = [&] {
    statement s = on.use("SELECT id FROM ensue_groups WHERE name=?1");
    s.with(name);
    return s.row() ? std::optional{s.integer(0)} : std::nullopt;
  }();
  if (!group) return false;
  for (const char* sql :
       {"DELETE FROM ensue_claims WHERE group_id=?1",
        "DELETE FROM ensue_exceptions WHERE group_id=?1",
        "DELETE FROM ensue_dead WHERE group_id=?1", "DELETE FROM ensue_members WHERE group_id=?1",
        "DELETE FROM ensue_groups WHERE id=?1"})
    on.use(sql).with(*group).run();
  return true;
}

}  // namespace ensue::sqlite
