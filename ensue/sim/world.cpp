#include <ensue/sim/world.hpp>

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace ensue::sim {
namespace {

task<> named(runtime& rt, const char* name, task<> inner) {
  rt.set_running(name);
  co_await std::move(inner);
}

}  // namespace

world::world(const options& o) : options_{o}, schedule_{o} {
  hosts_.push_back(std::make_unique<host>(*this, "main", 1, o.seed));
}

world::~world() {
  for (auto& h : hosts_) h->die();
}

world::spawned& world::start_task(std::string_view name, task<> t, bool must_end) {
  spawned& s = spawned_.emplace_back(std::string{name}, must_end);
  host& on = *hosts_.front();
  boost::asio::co_spawn(on.executor(), named(on, s.name.c_str(), std::move(t)),
                        [this, &s](std::exception_ptr e) { finish(s, std::move(e)); });
  return s;
}

void world::finish(spawned& s, std::exception_ptr e) noexcept {
  s.ended = true;
  s.error = std::move(e);
  if (s.error && !failed_) failed_ = &s;
}

void world::run() {
  advance(never, [] { return false; });
  look_for_real_io();
  require_ended();
}

void world::run_for(duration d) {
  const time_point until = saturating_add(now_, d);
  advance(until, [] { return false; });
  now_ = std::max(now_, until);
}

bool world::run_until(const std::function<bool()>& condition, duration within) {
  return advance(saturating_add(now_, within), condition) == pause::condition;
}

void world::block_on(task<> t) {
  spawned& s = start_task("block_on", std::move(t), false);
  advance(never, [&s] { return s.ended; });
  if (s.ended) return;
  look_for_real_io();
  s.must_end = true;
  require_ended();
}

template <class Condition>
world::pause world::advance(time_point until, const Condition& condition) {
  const std::uint64_t last_step = steps_ + options_.steps_max;
  for (;;) {
    if (failed_) throw_error();
    if (condition()) return pause::condition;
    if (const schedule::taken next = schedule_.take(now_); next.what) {
      if (steps_ == last_step) {
        schedule_.push(*next.what, next.owner);
        fail("livelock: " + std::to_string(options_.steps_max) + " steps and no end");
      }
      step(next);
    } else if (const time_point when = next_event(); when > until || when == never) {
      return when == never ? pause::rest : pause::time;
    } else {
      now_ = std::max(now_, when);
      fire_due();
    }
  }
}

void world::step(const schedule::taken& next) {
  host& on = *hosts_[next.owner - 1];
  ++steps_;
  trace_.add(std::uint64_t{next.owner} << 32 | next.lane);
  trace_.add(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  on.set_running(nullptr);
  next.what->run();
  now_ += options_.step_time;
  if (next_event() <= now_) fire_due();
}

time_point world::next_event() const noexcept {
  time_point next = schedule_.next_stall_end();
  for (const auto& h : hosts_) next = std::min(next, h->next_timer());
  return next;
}

void world::fire_due() {
  schedule_.end_stalls(now_);
  for (auto& h : hosts_) h->fire_due(now_);
}

time_point world::on_grid(time_point when) const noexcept {
  const std::int64_t grid = options_.timer_grid.count();
  if (grid <= 0 || when > never - options_.timer_grid) return when;
  const std::int64_t at = when.time_since_epoch().count();
  return time_point{duration{(at + grid - 1) / grid * grid}};
}

void world::note(std::string_view what, std::uint64_t value) {
  trace_.add(what);
  trace_.add(value);
}

void world::look_for_real_io() {
  services_.restart();
  const std::size_t ran = services_.poll();
  if (ran > 0 || !services_.stopped())
    fail("real I/O or a real timer is armed inside the simulation");
}

void world::require_ended() {
  std::string names;
  for (const spawned& s : spawned_)
    if (s.must_end && !s.ended) names += (names.empty() ? "\"" : ", \"") + s.name + "\"";
  if (!names.empty()) fail("deadlock: nothing can happen any more, not ended: " + names);
}

void world::fail(const std::string& what) {
  throw failure{what + "\n  after " + text(elapsed()) + " and " + std::to_string(steps_) +
                " steps; " + options_.text() + waits()};
}

std::string world::waits() const {
  std::string out;
  for (const auto& h : hosts_) {
    for (const std::string& line : h->waiting()) {
      out += "\n  waits for: " + line;
      if (hosts_.size() > 1) out += " on " + h->name();
    }
  }
  return out;
}

void world::throw_error() {
  spawned& s = *std::exchange(failed_, nullptr);
  std::rethrow_exception(std::exchange(s.error, nullptr));
}

}  // namespace ensue::sim
