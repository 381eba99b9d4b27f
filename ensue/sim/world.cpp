#include <ensue/sim/guard.hpp>
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

world::world(const options& o) : options_{o}, schedule_{o} { host("main"); }

void world::end() {
  for (const auto& life : lives_) life->bury();
}

host& world::host(std::string_view name, sim::host::boot_function boot) {
  for (const auto& h : hosts_)
    if (h->name() == name) return *h;
  hosts_.push_back(std::make_unique<sim::host>(*this, std::string{name}, std::move(boot)));
  hosts_.back()->boot();
  return *hosts_.back();
}

host_runtime& world::start_life(const std::string& name, unsigned life) {
  const auto id = static_cast<std::uint32_t>(lives_.size()) + 1;
  random_stream seeds{options_.seed, "life " + std::to_string(life) + " of " + name};
  const std::uint64_t seed = id == 1 ? options_.seed : seeds.next();
  lives_.push_back(std::make_unique<host_runtime>(*this, name, id, seed));
  live_.push_back(lives_.back().get());
  live_.back()->set_faults(faults_);
  live_.back()->set_turn_time(now_);
  return *live_.back();
}

world::spawned& world::start_task(host_runtime& on, std::string_view name, task<> t,
                                  bool must_end) {
  spawned& s = spawned_.emplace_back(spawned{std::string{name}, &on, must_end});
  boost::asio::co_spawn(on.executor(), named(on, s.name.c_str(), std::move(t)),
                        [this, &s](std::exception_ptr e) { finish(s, std::move(e)); });
  return s;
}

void world::move_clock(time_point to) noexcept {
  if (to <= now_) return;
  now_ = to;
  for (host_runtime* h : live_) h->set_turn_time(to);
}

void world::set_faults(fault_source* source) noexcept {
  faults_ = source;
  for (host_runtime* h : live_) h->set_faults(source);
}

void world::forget_tasks(const host_runtime& of) noexcept {
  std::erase(live_, &of);
  for (spawned& s : spawned_)
    if (s.on == &of) s.ended = true;
}

void world::after_step(std::function<void()> f) {
  if (!in_step()) return f();
  after_step_.push_back(std::move(f));
}

void world::after_step_functions() {
  for (std::size_t i = 0; i < after_step_.size(); ++i) {
    const std::function<void()> f = std::move(after_step_[i]);
    f();
  }
  after_step_.clear();
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
  move_clock(until);
}

bool world::run_until(const std::function<bool()>& condition, duration within) {
  return advance(saturating_add(now_, within), condition) == pause::condition;
}

void world::block_on(task<> t) {
  spawned& s = start_task(*lives_.front(), "block_on", std::move(t), false);
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
      move_clock(when);
      fire_due();
    }
  }
}

void world::step(const schedule::taken& next) {
  host_runtime& on = *lives_[next.owner - 1];
  ++steps_;
  trace_.set_time(elapsed());
  run_step(on, *next.what);
  trace_.add(std::uint64_t{next.owner} << 32 | next.lane);
  trace_.add(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  if (!after_step_.empty()) after_step_functions();
  if (options_.step_time > duration::zero()) move_clock(now_ + options_.step_time);
  const time_point next_at = next_event();
  trace_.add(static_cast<std::uint64_t>(next_at.time_since_epoch().count()) ^
             schedule_.ready_lanes());
  trace_.step(on.name(), on.label());
  if (next_at <= now_) fire_due();
  if (watch_) watch_();
}

void world::run_step(host_runtime& on, work& w) {
  struct running {
    world& in;
    guard::scope net{in};
    ~running() { in.current_ = nullptr; }
  };
  current_ = &on;
  on.set_running(nullptr);
  const running mark{*this};
  w.run();
}

time_point world::next_event() const noexcept {
  time_point next = schedule_.next_stall_end();
  for (const host_runtime* h : live_) next = std::min(next, h->next_timer());
  return next;
}

void world::fire_due() {
  schedule_.end_stalls(now_);
  for (host_runtime* h : live_) h->fire_due(now_);
}

time_point world::on_grid(time_point when) const noexcept {
  const std::int64_t grid = options_.timer_grid.count();
  if (grid <= 0 || when > never - options_.timer_grid) return when;
  const std::int64_t at = when.time_since_epoch().count();
  return time_point{duration{(at + grid - 1) / grid * grid}};
}

void world::note(std::string_view what, std::uint64_t value) { trace_.note(what, value); }

void world::require(bool holds, std::string_view what) const {
  if (!holds) fail(std::string{what});
}

std::string world::place() const {
  std::string at = current_ ? current_->name() : std::string{"nobody"};
  if (current_ && current_->label()) at.append(": ").append(current_->label());
  return at + " after " + text(elapsed());
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

void world::fail(const std::string& what) const {
  throw failure{what + "\n  after " + text(elapsed()) + " and " + std::to_string(steps_) +
                " steps; " + options_.text() + waits()};
}

std::string world::waits() const {
  std::string out;
  for (const host_runtime* h : live_) {
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
