#include <ensue/sim/host_runtime.hpp>
#include <ensue/sim/world.hpp>

namespace ensue::sim {
namespace {

// 2026-01-01T00:00:00Z: what the calendar shows when a world begins.
constexpr wall_time first_day{std::chrono::seconds{1'767'225'600}};

duration draw_up_to(random_stream& from, duration most) {
  return duration{
      static_cast<std::int64_t>(from.below(static_cast<std::uint64_t>(most.count()) + 1))};
}

}  // namespace

class host_runtime::offloaded final : public timer_entry, public owned {
 public:
  offloaded(host_runtime& on, std::unique_ptr<offload_job> job)
      : timer_entry{&offloaded::step}, on_{on}, job_{std::move(job)} {}

 private:
  static void step(work& w) {
    auto& self = static_cast<offloaded&>(w);
    if (!self.ran_) {
      self.ran_ = true;
      self.job_->run();
      self.on_.schedule(self);
      return;
    }
    const std::unique_ptr<offload_job> job{std::move(self.job_)};
    --self.on_.offloaded_;
    delete &self;
    job->done();
  }
  host_runtime& on_;
  std::unique_ptr<offload_job> job_;
  bool ran_ = false;
};

class host_runtime::later final : public timer_entry, public owned {
 public:
  later(std::uint32_t strand, std::function<void()> f)
      : timer_entry{&later::step, strand}, function_{std::move(f)} {}

 private:
  static void step(work& w) {
    auto& self = static_cast<later&>(w);
    const std::function<void()> f{std::move(self.function_)};
    delete &self;
    f();
  }
  std::function<void()> function_;
};

host_runtime::poll_work::poll_work(host_runtime& of)
    : work{[](work& w) { static_cast<poll_work&>(w).of_.look_at_pollers(); }}, of_{of} {}

host_runtime::host_runtime(world& in, std::string name, std::uint32_t id, std::uint64_t seed)
    : runtime{seed},
      world_{in},
      name_{std::move(name)},
      id_{id},
      handover_draw_{seed, "sim.handover"},
      offload_draw_{seed, "sim.offload"},
      poll_{*this} {
  set_log(in.trace_);
}

host_runtime::~host_runtime() { bury(); }

boost::asio::any_io_executor host_runtime::executor() const {
  // Scheduling is no part of a host's observable state.
  return sim::executor{const_cast<host_runtime&>(*this)};
}

time_point host_runtime::now() const noexcept { return world_.now(); }

wall_time host_runtime::wall_now() const noexcept {
  return first_day + world_.elapsed() + wall_offset_;
}

void host_runtime::schedule(work& w) {
  if (alive_) world_.schedule_.push(w, id_);
}

void host_runtime::post(std::unique_ptr<posted> p) {
  if (!alive_ && !world_.in_step()) return;  // unwinding: the function dies here
  posted& given = *p.release();
  owned_.add(given);
  if (alive_) return world_.schedule_.push(given, id_);
  // It may own the very coroutine that is running, so it dies when the step is over.
  world_.after_step([this] { bury(); });
}

void host_runtime::arm(timer_entry& t, time_point when) {
  if (alive_) timers_.arm(t, world_.on_grid(when));
}

void host_runtime::fire_due(time_point now) {
  while (timer_entry* t = timers_.pop_due(now)) world_.schedule_.push(*t, id_);
}

void host_runtime::run_on_loop(std::function<void()> f) {
  if (!alive_) return;
  auto p = std::make_unique<posted_function<std::function<void()>>>(std::move(f), handover_strand);
  owned_.add(*p);
  const duration later = draw_up_to(handover_draw_, world_.options_.handover_max);
  world_.schedule_.push_later(*p.release(), id_, world_.now() + later);
}

void host_runtime::wake() noexcept {
  if (alive_ && !poll_.linked()) world_.schedule_.push(poll_, id_);
}

void host_runtime::add_poller(poller& p) {
  pollers_.push_back(&p);
  p.announce_sleep(true);
  wake();
}

void host_runtime::remove_poller(poller& p) noexcept { std::erase(pollers_, &p); }

void host_runtime::look_at_pollers() {
  bool any = false;
  for (std::size_t i = 0; i < pollers_.size(); ++i) {
    poller& p = *pollers_[i];
    p.announce_sleep(false);
    any |= p.poll();
  }
  // A poll may remove pollers, so the second look starts anew.
  for (poller* p : pollers_) p->announce_sleep(true);
  for (std::size_t i = 0; i < pollers_.size(); ++i) any |= pollers_[i]->poll();
  if (any) wake();
}

void host_runtime::call_at(time_point when, std::uint32_t strand, std::function<void()> f) {
  if (!alive_) return;
  auto item = std::make_unique<later>(strand, std::move(f));
  owned_.add(*item);
  arm(*item.release(), when);
}

bool host_runtime::offload(std::unique_ptr<offload_job>& job) {
  if (!alive_ || offloaded_ >= world_.options_.offload_outstanding_max) return false;
  auto item = std::make_unique<offloaded>(*this, std::move(job));
  owned_.add(*item);
  ++offloaded_;
  const duration later = draw_up_to(offload_draw_, world_.options_.offload_max);
  arm(*item.release(), world_.now() + later);
  return true;
}

void host_runtime::bury() {
  alive_ = false;
  // Destroying one frame may end waits of others: they go with the rest.
  abandon_waiters();
  owned_.clear();
  abandon_waiters();
  while (!kept_.empty()) kept_.pop_back();
  world_.schedule_.drop(id_);
  world_.forget_tasks(*this);
}

}  // namespace ensue::sim
