#include <ensue/sim/host.hpp>
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

class host::offloaded final : public timer_entry, public owned {
 public:
  offloaded(host& on, std::unique_ptr<offload_job> job)
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
  host& on_;
  std::unique_ptr<offload_job> job_;
  bool ran_ = false;
};

host::poll_work::poll_work(host& of)
    : work{[](work& w) { static_cast<poll_work&>(w).of_.look_at_pollers(); }}, of_{of} {}

host::host(world& in, std::string name, std::uint32_t id, std::uint64_t seed)
    : runtime{seed},
      world_{in},
      name_{std::move(name)},
      id_{id},
      handover_draw_{seed, "sim.handover"},
      offload_draw_{seed, "sim.offload"},
      poll_{*this} {}

host::~host() { die(); }

boost::asio::any_io_executor host::executor() const {
  // Scheduling is no part of a host's observable state.
  return sim::executor{const_cast<host&>(*this)};
}

time_point host::now() const noexcept { return world_.now(); }

wall_time host::wall_now() const noexcept { return first_day + world_.elapsed() + wall_offset_; }

void host::schedule(work& w) {
  if (alive_) world_.schedule_.push(w, id_);
}

void host::post(std::unique_ptr<posted> p) {
  owned_.add(*p);
  world_.schedule_.push(*p.release(), id_);
}

void host::arm(timer_entry& t, time_point when) {
  if (alive_) timers_.arm(t, world_.on_grid(when));
}

void host::fire_due(time_point now) {
  while (timer_entry* t = timers_.pop_due(now)) world_.schedule_.push(*t, id_);
}

void host::run_on_loop(std::function<void()> f) {
  if (!alive_) return;
  auto p = std::make_unique<posted_function<std::function<void()>>>(handover_strand, std::move(f));
  owned_.add(*p);
  const duration later = draw_up_to(handover_draw_, world_.options_.handover_max);
  world_.schedule_.push_later(*p.release(), id_, world_.now() + later);
}

void host::wake() noexcept {
  if (alive_ && !poll_.linked()) world_.schedule_.push(poll_, id_);
}

void host::add_poller(poller& p) {
  pollers_.push_back(&p);
  p.announce_sleep(true);
  wake();
}

void host::remove_poller(poller& p) noexcept { std::erase(pollers_, &p); }

void host::look_at_pollers() {
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

bool host::offload(std::unique_ptr<offload_job>& job) {
  if (!alive_ || offloaded_ >= world_.options_.offload_outstanding_max) return false;
  auto item = std::make_unique<offloaded>(*this, std::move(job));
  owned_.add(*item);
  ++offloaded_;
  const duration later = draw_up_to(offload_draw_, world_.options_.offload_max);
  arm(*item.release(), world_.now() + later);
  return true;
}

void host::die() {
  alive_ = false;
  // Destroying one frame may complete waits of others: they go with the rest.
  abandon_waiters();
  owned_.clear();
  abandon_waiters();
  world_.schedule_.drop(id_);
}

}  // namespace ensue::sim
