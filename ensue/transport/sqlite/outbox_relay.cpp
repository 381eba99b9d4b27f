#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/reliability/backoff.hpp>
#include <ensue/transport/sqlite/log_rows.hpp>
#include <ensue/transport/sqlite/outbox_relay.hpp>

#include <utility>

namespace ensue::sqlite {
namespace {

struct portion {
  bool fenced = false;
  bool leads = false;
  std::uint64_t end = 0;  // the place once these are relayed
  std::uint64_t begin = 0;
  std::vector<cloud_event> events{};
};

// Reads what is next, if this relay is the oldest that lives.
portion read_portion(connection& on, const membership& m, std::size_t most, time_point until,
                     const present& at) {
  portion p;
  if (!renew(on, m, until)) {
    p.fenced = true;
    return p;
  }
  drop_dead(on, m, at);
  p.leads = leads(on, m);
  if (!p.leads) return p;
  const group_place place = place_of(on, m.group);
  p.begin = p.end = place.cursor;
  for (stored_event& e : read_log(on, place.cursor, last_position(on), most)) {
    p.end = e.position;
    if (!e.damaged && wanted(place.types, e.event.type)) p.events.push_back(std::move(e.event));
  }
  return p;
}

}  // namespace

outbox_relay::outbox_relay(transport& from, ensue::transport& to, relay_options o)
    : from_{from}, to_{to}, options_{std::move(o)} {}

struct outbox_relay::work {
  static task<bool> join_in(outbox_relay& r) {
    const time_point until = saturating_add(r.from_.rt().now(), r.options_.lease);
    const auto enter = [name = r.options_.name, types = r.options_.types, until](connection& c) {
      return join(c, name, types, true, until);
    };
    const auto entered = co_await r.from_.store()->transact(enter);
    if (entered) {
      r.who_ = *entered;
      r.joined_ = true;
    } else {
      r.trouble_ = entered.error().text();
    }
    co_return entered.has_value();
  }

  static task<bool> hand_over(outbox_relay& r, std::vector<cloud_event> events) {
    const std::size_t count = events.size();
    const std::vector<error_code> answers = co_await r.to_.publish(std::move(events));
    for (const error_code& ec : answers) {
      if (!ec) continue;
      r.trouble_ = r.to_.url() + ": " + ec.message();
      co_return false;
    }
    r.relayed_ += count;
    co_return true;
  }

  static task<bool> move_place(outbox_relay& r, std::uint64_t to) {
    const auto move = [m = r.who_, to](connection& c) { return set_cursor(c, m, to); };
    const auto moved = co_await r.from_.store()->transact(move, operation::kind::lazy);
    if (!moved) r.trouble_ = moved.error().text();
    if (moved && !*moved) r.joined_ = false;
    co_return moved && *moved;
  }

  enum class step : std::uint8_t { went, rests, failed };
  static task<step> once(outbox_relay& r) {
    runtime& rt = r.from_.rt();
    if (!r.from_.store()) {
      r.trouble_ = r.from_.url() + ": is not open";
      co_return step::failed;
    }
    if (!r.joined_) {
      const bool in = co_await join_in(r);
      if (!in) co_return step::failed;
    }
    const present at{.now = rt.now(), .wall = rt.wall_now()};
    const auto read = [m = r.who_, most = r.options_.at_once, at,
                       until = saturating_add(at.now, r.options_.lease)](connection& c) {
      return read_portion(c, m, most, until, at);
    };
    auto next = co_await r.from_.store()->transact(read, operation::kind::lazy);
    if (!next) {
      r.trouble_ = next.error().text();
      co_return step::failed;
    }
    r.joined_ = !next->fenced;
    r.working_ = next->leads;
    if (next->end == next->begin) co_return step::rests;
    if (!next->events.empty()) {
      const bool accepted = co_await hand_over(r, std::move(next->events));
      if (!accepted) co_return step::failed;
    }
    const bool moved = co_await move_place(r, next->end);
    co_return moved ? step::went : step::failed;
  }

  static task<> run(outbox_relay& r) {
    runtime& rt = r.from_.rt();
    random_stream jitter = rt.random("sqlite outbox " + r.options_.name);
    const backoff pause;
    unsigned failed = 0;
    for (;;) {
      const step s = co_await once(r);
      if (s == step::failed) {
        co_await sleep_for(rt, pause.after(++failed, jitter), "sqlite outbox: after a failure");
        continue;
      }
      failed = 0;
      r.trouble_.clear();
      // Also to keep its lease, and to see whether the one that works has died.
      if (s == step::rests)
        co_await r.from_.next_change(saturating_add(rt.now(), r.options_.lease / 3));
    }
  }
};

task<> outbox_relay::run() { return work::run(*this); }

}  // namespace ensue::sqlite
