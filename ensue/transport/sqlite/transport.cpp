#include <ensue/async/deadline.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/transport/sqlite/consumer.hpp>
#include <ensue/transport/sqlite/schema.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <algorithm>
#include <utility>

namespace ensue::sqlite {
namespace {

// A transaction of the user's; settles a delivery in it when there is one.
class user_transaction final : public operation {
 public:
  user_transaction(std::function<void(tx&)> f, runtime& rt)
      : operation{kind::synced}, function_{std::move(f)}, rt_{rt} {}

  void settles(const membership& m, fate f) {
    member_ = m;
    fate_ = std::move(f);
  }
  void begin() override { now_ = rt_.wall_now(); }
  void run(connection& on) override {
    tx t{on, now_};
    function_(t);
    published_ = t.published();
    if (fate_ && !settle(on, member_, {*fate_}, now_))
      throw failure{{errc::expired, "sqlite:" + on.file() + ": the lease is over, others have it"}};
  }
  void done(const transport_result<>& how, std::exception_ptr thrown) noexcept override {
    how_ = how;
    thrown_ = std::move(thrown);
    done_ = true;
    if (told_) told_(committed() ? result<>{} : result<>{code()});
    wake_all(waiters_);
  }
  void when_done(std::function<void(const result<>&)> f) { told_ = std::move(f); }
  bool finished() const noexcept { return done_; }
  bool published() const noexcept { return published_; }
  transport_result<> outcome() const {
    if (thrown_) std::rethrow_exception(thrown_);
    return how_;
  }
  bool committed() const noexcept { return how_.has_value() && !thrown_; }
  work_list& waiters() noexcept { return waiters_; }

 private:
  error_code code() const noexcept {
    return how_ ? make_error_code(errc::handler_failed) : how_.error().code;
  }

  std::function<void(tx&)> function_;
  std::function<void(const result<>&)> told_;
  runtime& rt_;
  membership member_;
  std::optional<fate> fate_;
  wall_time now_{};
  bool published_ = false;
  bool done_ = false;
  transport_result<> how_;
  std::exception_ptr thrown_;
  work_list waiters_;
};

task<result<>> close_within(runtime& rt, duration within, database& db) {
  timeout limit{rt, within};
  task<transport_result<>> closing = db.close();
  try {
    (void)co_await ensue::within(limit, std::move(closing));
  } catch (const system_error& e) {
    if (e.code() != errc::timed_out) throw;
    co_return errc::timed_out;
  }
  co_return result<>{};
}

}  // namespace

transport::transport(runtime& rt, options o)
    : rt_{rt}, options_{std::move(o)}, url_{"sqlite:" + options_.file} {}

transport::~transport() {
  looking_.reset();
  trimming_.reset();
  for (consumer* c : consumers_) c->from_ = nullptr;
  for (const auto& [name, g] : groups_) g->end();
}

const transport_features& transport::abilities() noexcept {
  static constexpr transport_features all{.name = "sqlite",
                                          .groups = true,
                                          .redelivers = true,
                                          .keeps_old = true,
                                          .orders_keys = true,
                                          .remembers_waits = true,
                                          .dedupes = true,
                                          .extends = true,
                                          .counts_attempts = true,
                                          .keeps_dead = true,
                                          .replays = true};
  return all;
}

struct transport::work {
  static task<transport_result<guarantee>> open(transport& t) {
    const connection_options c{.file = t.options_.file,
                               .synchronous = t.options_.synchronous,
                               .busy_wait = t.options_.busy_wait,
                               .bytes_max = t.options_.bytes_max};
    const database_options o{.connection = c};
    auto opened = co_await database::open(t.rt_, o);
    if (!opened) co_return opened.error();
    const auto prepare = [adopt = t.options_.adopt](connection& on) {
      make_schema(on, adopt);
      return on.asked_guarantee();
    };
    auto given = co_await (*opened)->read(prepare);  // has a transaction of its own
    if (!given) co_return given.error();
    t.db_ = std::move(*opened);
    t.looking_.emplace(t.rt_, "sqlite look", look(t));
    (*t.looking_)->start();
    t.trimming_.emplace(t.rt_, "sqlite trim", trim_often(t));
    (*t.trimming_)->start();
    co_return *given;
  }

  // Others commit to the file without telling: look, but only while somebody here would want it.
  static task<> look(transport& t) {
    struct seen {
      std::int64_t version;
      bool died;
    };
    std::int64_t before = -1;
    for (;;) {
      co_await sleep_for(t.rt_, t.options_.look_every, "sqlite: what others committed");
      if (!t.anybody_waits()) continue;
      const auto ask = [groups = t.own_groups(), at = t.rt_.now()](connection& c) {
        return seen{c.foreign_version(), somebody_died(c, groups, at)};
      };
      const auto now = co_await t.db_->read(ask);
      if (!now) continue;
      if (now->died || std::exchange(before, now->version) != now->version) t.poke_groups();
    }
  }

  static task<> trim_often(transport& t) {
    constexpr std::size_t at_once = 2'000;
    for (;;) {
      co_await sleep_for(t.rt_, t.options_.trim_every, "sqlite: retention");
      const auto cut = [keep = t.options_.keep, now = t.rt_.wall_now()](connection& c) {
        return trim(c, keep, now, at_once);
      };
      for (bool more = true; more;) {
        const auto gone = co_await t.db_->transact(cut, operation::kind::lazy);
        more = gone && *gone >= at_once;
      }
    }
  }

  static task<std::shared_ptr<group>> find_group(transport& t, consume_options o,
                                                 transport_error& error) {
    if (const auto it = t.groups_.find(o.group); it != t.groups_.end()) co_return it->second;
    const time_point until = saturating_add(t.rt_.now(), o.lease);
    const auto enter = [name = o.group, types = o.types, oldest = o.from_oldest,
                        until](connection& c) { return join(c, name, types, oldest, until); };
    const auto member = co_await t.db_->transact(enter);
    if (!member) {
      error = member.error();
      co_return nullptr;
    }
    group::options how{.name = o.group, .types = o.types, .lease = o.lease};
    how.token_base = ++t.groups_made_ << 48;
    const auto made = std::make_shared<group>(*t.db_, std::move(how), *member, until,
                                              [&t](const transport_error* e) { t.report(e); });
    const auto [it, added] = t.groups_.try_emplace(o.group, made);
    if (added) {
      made->start();
    } else {
      made->end();  // somebody was faster
    }
    co_return it->second;
  }

  static task<std::vector<error_code>> publish(transport& t, std::vector<cloud_event> events) {
    std::vector<error_code> answers(events.size());
    auto good = std::make_shared<std::vector<cloud_event>>();
    good->reserve(events.size());
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      answers[i] = t.db_ && t.state_ != transport_state::down ? refused_by(abilities(), events[i])
                                                              : make_error_code(errc::closed);
      if (answers[i]) continue;
      bytes += bytes_of(events[i]);
      good->push_back(std::move(events[i]));
    }
    if (good->empty()) co_return answers;
    while (t.waiting_bytes_ > 0 && t.waiting_bytes_ + bytes > t.options_.waiting_bytes_max)
      co_await wait_or_throw(t.room_, t.rt_, "sqlite: room to publish");
    t.waiting_bytes_ += bytes;
    const auto store = [good, now = t.rt_.wall_now()](connection& c) {
      return append(c, *good, now);
    };
    error_code failed;
    {
      const leaving_room out{t, bytes};
      const auto stored = co_await t.db_->transact(store);
      if (stored) {
        t.report(nullptr);
        if (*stored > 0) t.poke_groups();
      } else {
        const transport_error why = stored.error();
        failed = why.code;
        t.report(&why);
      }
    }
    if (failed)
      for (error_code& a : answers)
        if (!a) a = failed;
    co_return answers;
  }

  // Gives the bytes back, also when the publisher was cancelled.
  struct leaving_room {
    leaving_room(transport& t, std::size_t n) noexcept : of{t}, bytes{n} {}
    leaving_room(const leaving_room&) = delete;
    leaving_room& operator=(const leaving_room&) = delete;
    ~leaving_room() {
      of.waiting_bytes_ -= bytes;
      wake_all(of.room_);
    }
    transport& of;
    std::size_t bytes;
  };

  static task<transport_result<>> run(transport& t, std::shared_ptr<user_transaction> what) {
    const std::shared_ptr<user_transaction> o = std::move(what);
    t.db_->submit(o);
    while (!o->finished()) co_await wait_or_throw(o->waiters(), t.rt_, "sqlite: transaction");
    if (o->committed() && o->published()) t.poke_groups();
    co_return o->outcome();
  }

  static task<transport_result<std::size_t>> replay(transport& t, replay_options o,
                                                    std::function<task<>(const delivery&)> each) {
    const auto from = position_number(o.after);
    if (!from)
      co_return transport_error{errc::invalid, t.url_ + ": '" + o.after + "' is no position"};
    const auto find_last = [](connection& c) { return last_position(c); };
    const auto last = co_await t.db_->read(find_last);
    if (!last) co_return last.error();
    std::uint64_t after = *from;
    std::size_t count = 0;
    while (after < *last && count < o.most) {
      const auto read = [after, end = *last](connection& c) {
        return read_log(c, after, end, 512);
      };
      const auto part = co_await t.db_->read(read);
      if (!part) co_return part.error();
      if (part->empty()) break;
      for (const stored_event& e : *part) {
        after = e.position;
        if (count >= o.most || e.damaged || !fits(o, e.event)) continue;
        const delivery d{.event = e.event, .position = std::to_string(e.position)};
        co_await each(d);
        ++count;
      }
    }
    co_return count;
  }
};

task<transport_result<guarantee>> transport::open() {
  auto opened = co_await work::open(*this);
  if (opened) {
    change(transport_state::ready, "");
  } else {
    change(transport_state::down, opened.error().text());
  }
  co_return opened;
}

void transport::on_state(std::function<void(transport_state)> listener) {
  listener_ = std::move(listener);
}

void transport::change(transport_state to, std::string why) {
  why_ = std::move(why);
  if (std::exchange(state_, to) != to && listener_) listener_(to);
}

void transport::report(const transport_error* e) {
  if (state_ == transport_state::down) return;
  if (e && e->code != errc::closed) return change(transport_state::degraded, e->text());
  if (state_ == transport_state::degraded) change(transport_state::ready, "");
}

task<> transport::next_change(time_point until) {
  const wait_status how = co_await timed_wait(changed_, rt_, "sqlite: a change", until);
  if (how == wait_status::cancelled) throw_cancelled();
}

void transport::poke_groups() noexcept {
  wake_all(changed_);
  for (const auto& [name, g] : groups_) g->poke();
}

bool transport::anybody_waits() const noexcept {
  return !changed_.empty() || std::any_of(groups_.begin(), groups_.end(),
                                          [](const auto& g) { return g.second->hungry(); });
}

std::vector<std::uint64_t> transport::own_groups() const {
  std::vector<std::uint64_t> ids;
  for (const auto& [name, g] : groups_) ids.push_back(g->who().group);
  return ids;
}

void transport::forget_ended() {
  std::erase_if(groups_, [](const auto& g) { return g.second->nobody() && g.second->ended(); });
}

group* transport::group_of(std::uint64_t token) noexcept {
  for (const auto& [name, g] : groups_)
    if (g->is_of(token)) return g.get();
  return nullptr;
}

transport_error transport::not_open() const { return {errc::closed, url_ + ": is not open"}; }

task<std::vector<error_code>> transport::publish(std::vector<cloud_event> events) {
  return work::publish(*this, std::move(events));
}

task<transport_result<std::unique_ptr<ensue::consumer>>> transport::consume(consume_options o) {
  if (!db_ || state_ == transport_state::down) co_return not_open();
  if (auto fault = wrong(o)) co_return transport_error{errc::invalid, url_ + ": " + *fault};
  const std::size_t prefetch = o.prefetch;
  transport_error error;
  const std::shared_ptr<group> g = co_await work::find_group(*this, std::move(o), error);
  if (!g) co_return error;
  std::unique_ptr<ensue::consumer> made = std::make_unique<consumer>(*this, g, prefetch);
  co_return made;
}

task<transport_result<std::size_t>> transport::replay(replay_options o,
                                                      std::function<task<>(const delivery&)> each) {
  if (!db_ || state_ == transport_state::down) co_return not_open();
  auto count = co_await work::replay(*this, std::move(o), std::move(each));
  co_return count;
}

task<transport_result<>> transport::transact(std::function<void(tx&)> f) {
  if (!db_) co_return not_open();
  auto done = co_await work::run(*this, std::make_shared<user_transaction>(std::move(f), rt_));
  co_return done;
}

task<transport_result<>> transport::transact(const delivery& d, std::function<void(tx&)> f) {
  if (!db_) co_return not_open();
  const std::uint64_t token = d.token;
  group* const found = group_of(token);
  if (!found) co_return transport_error{errc::not_found, url_ + ": no delivery of this transport"};
  const std::shared_ptr<group> g = found->shared_from_this();
  const settlement ack{};
  auto begun = g->begin_settling(token, ack);
  if (!begun) {
    const error_code why = begun.error() == errc::empty ? errc::exists : begun.error();
    co_return transport_error{why, url_ + ": the delivery cannot be settled: " + why.message()};
  }
  const auto o = std::make_shared<user_transaction>(std::move(f), rt_);
  o->settles(g->who(), std::move(*begun));
  o->when_done([weak = std::weak_ptr<group>{g}, token](const result<>& how) {
    if (const auto of = weak.lock()) of->settled_apart(token, how);
  });
  auto done = co_await work::run(*this, o);
  co_return done;
}

task<transport_result<std::vector<transport::dead_event>>> transport::dead(std::string group,
                                                                           std::size_t most) {
  if (!db_) co_return not_open();
  const auto read = [name = std::move(group), most](connection& c) {
    std::vector<dead_event> events;
    for (dead_row& row : read_dead(c, name, most)) {
      auto e = read_one(c, row.position);
      if (!e) continue;
      events.push_back({std::move(e->event), row.position, row.attempts, std::move(row.reason)});
    }
    return events;
  };
  auto found = co_await db_->read(read);
  co_return found;
}

task<transport_result<>> transport::forget_group(std::string group) {
  if (!db_) co_return not_open();
  if (groups_.contains(group))
    co_return transport_error{errc::exists, url_ + ": '" + group + "' has consumers here"};
  const auto forget = [name = group](connection& c) { return sqlite::forget_group(c, name); };
  const auto done = co_await db_->transact(forget);
  if (!done) co_return done.error();
  if (!*done) co_return transport_error{errc::not_found, url_ + ": no group '" + group + "'"};
  co_return transport_result<>{};
}

task<result<>> transport::close(duration within) {
  if (state_ == transport_state::down || !db_) {
    change(transport_state::down, "closed");
    co_return result<>{};
  }
  change(transport_state::down, "closed");
  looking_.reset();
  trimming_.reset();
  for (consumer* c : consumers_) c->stop();
  for (const auto& [name, g] : groups_) g->end();
  groups_.clear();
  const result<> closed = co_await close_within(rt_, within, *db_);
  co_return closed;
}

}  // namespace ensue::sqlite
