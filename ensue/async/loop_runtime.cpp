#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/offload_pool.hpp>
#include <ensue/async/process_barrier.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/base/limits.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace ensue {
namespace {

// Pieces of work in one turn: enough to make the look around cheap, few enough to stay responsive.
constexpr std::size_t batch = 256;

// While there is work, sockets are looked at this often: a look is a system call.
constexpr duration look_every = std::chrono::microseconds{10};

inline void pause() noexcept {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

std::uint64_t machine_seed() {
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

}  // namespace

// The one kernel timer of the loop, armed to the earliest entry of the heap.
class loop_runtime::alarm {
 public:
  explicit alarm(boost::asio::io_context& context) : timer_{context} {}

  void set(time_point when) {
    if (when == armed_) return;
    armed_ = when;
    timer_.cancel();
    if (when == never) return;
    timer_.expires_at(std::chrono::steady_clock::time_point{when.time_since_epoch()});
    timer_.async_wait([](const boost::system::error_code&) {});  // only wakes the loop
  }
  void fired() noexcept { armed_ = never; }

 private:
  boost::asio::steady_timer timer_;
  time_point armed_ = never;
};

class loop_runtime::pool : public offload_pool {
 public:
  using offload_pool::offload_pool;
};

loop_runtime::loop_runtime() : loop_runtime{options{}} {}

loop_runtime::loop_runtime(const options& o)
    : runtime{o.seed ? o.seed : machine_seed()},
      context_{1},
      alarm_{std::make_unique<alarm>(context_)},
      options_{o},
      barrier_on_sleep_{has_process_barrier()} {
  turn_time_ = now();
  if (options_.watchdog_after > duration::zero()) start_watchdog();
}

void loop_runtime::start_watchdog() {
  watchdog_ = std::make_unique<watchdog>(running_, options_.watchdog_after, [this](const stall& s) {
    if (options_.on_stall) options_.on_stall(s);
    run_on_loop([this, s] {
      const log_field fields[]{
          {"held_ms", std::chrono::duration_cast<std::chrono::milliseconds>(s.held).count()},
          {"by", std::string_view{s.label}}};
      log().write(log_level::warning, "the loop was held", fields);
    });
  });
}

loop_runtime::~loop_runtime() {
  watchdog_.reset();
  pool_.reset();
  // Unwinding may schedule and post more; two rounds settle frames that own frames.
  for (int i = 0; i < 2; ++i) {
    abandon_waiters();
    context_.restart();
    context_.poll();
  }
  alarm_.reset();
}

boost::asio::any_io_executor loop_runtime::executor() const { return context_.get_executor(); }

time_point loop_runtime::now() const noexcept {
  return time_point{std::chrono::steady_clock::now().time_since_epoch()};
}

wall_time loop_runtime::wall_now() const noexcept { return std::chrono::system_clock::now(); }

void loop_runtime::run_on_loop(std::function<void()> f) {
  boost::asio::post(context_, std::move(f));
}

void loop_runtime::wake() noexcept {
  boost::asio::post(context_, [] {});
}

void loop_runtime::add_poller(poller& p) { pollers_.push_back(&p); }
void loop_runtime::remove_poller(poller& p) noexcept { std::erase(pollers_, &p); }

bool loop_runtime::offload(std::unique_ptr<offload_job>& job) {
  if (!pool_) {
    pool_ = std::make_unique<pool>(
        options_.offload_threads ? options_.offload_threads : limits::offload_threads,
        options_.offload_queue_max ? options_.offload_queue_max : limits::offload_queue_max,
        [this](std::unique_ptr<offload_job> finished) {
          boost::asio::post(context_, [j = std::move(finished)] { j->done(); });
        });
  }
  return pool_->submit(job);
}

void loop_runtime::stop() noexcept {
  stopping_.store(true, std::memory_order_relaxed);
  wake();
}

// The loop runs inside one Asio handler: only there does Asio recycle coroutine frames, and
// nested polling then serves sockets without leaving.
void loop_runtime::inside_asio(const std::function<void()>& body) {
  std::exception_ptr failure;
  boost::asio::post(context_, [&] {
    try {
      body();
    } catch (...) {
      failure = std::current_exception();
    }
    entered_ = false;
  });
  entered_ = true;
  context_.restart();
  if (watchdog_) watchdog_->idle(false);
  while (entered_) context_.run_one();
  if (watchdog_) watchdog_->idle(true);
  if (failure) std::rethrow_exception(failure);
}

// What the loop posts to itself Asio counts for the handler it runs in, and counts off when it has
// run, which may leave nothing to do in its eyes: then it stops. To leave that handler and enter
// it again puts the count right.
void loop_runtime::run() {
  while (!stopping_.load(std::memory_order_relaxed)) {
    inside_asio([this] {
      while (!stopping_.load(std::memory_order_relaxed) && !context_.stopped()) {
        if (turn()) continue;
        if (!pollers_.empty() && spin_for_pollers()) continue;
        sleep();
      }
    });
  }
  stopping_.store(false, std::memory_order_relaxed);
}

bool loop_runtime::run_ready() {
  bool any = false;
  inside_asio([&] {
    while (turn()) any = true;
  });
  return any;
}

// One batch of ready work, the pollers, then timers, and sockets when it is time or when there was
// nothing else. True if anything ran.
bool loop_runtime::turn() {
  turn_time_ = now();
  std::size_t ran = 0;
  while (ran < batch && !ready_.empty()) {
    running_.store(nullptr, std::memory_order_relaxed);
    if (watchdog_) watchdog_->step();
    ready_.pop_front().run();
    ++ran;
  }
  if (watchdog_) watchdog_->step();
  const bool polled = poll_all();
  if ((ran == 0 && !polled) || turn_time_ >= next_look_) {
    ran += context_.poll();
    next_look_ = turn_time_ + look_every;
  }
  ran += fire_due();
  return ran > 0 || polled || !ready_.empty();
}

bool loop_runtime::poll_all() {
  bool any = false;
  for (std::size_t i = 0; i < pollers_.size(); ++i) any |= pollers_[i]->poll();
  return any;
}

std::size_t loop_runtime::fire_due() {
  if (timers_.empty()) return 0;
  const time_point at = now();
  std::size_t fired = 0;
  while (timer_entry* t = timers_.pop_due(at)) {
    ready_.push_back(*t);
    ++fired;
  }
  return fired;
}

bool loop_runtime::spin_for_pollers() {
  if (options_.spin <= duration::zero()) return false;
  const time_point until = std::min(now() + options_.spin, timers_.next());
  do {
    for (int i = 0; i < 64; ++i) {
      if (poll_all()) return true;
      pause();
    }
  } while (now() < until);
  return false;
}

// Called when the loop wakes, or already by the handler that `run_one` runs, if it has a label.
void loop_runtime::woke_up() noexcept {
  if (!std::exchange(sleeping_, false)) return;
  watchdog_->idle(false);
}

void loop_runtime::sleep() {
  if (!pollers_.empty()) {
    for (poller* p : pollers_) p->announce_sleep(true);
    process_barrier();
  }
  if (!poll_all() && ready_.empty()) {
    alarm_->set(timers_.next());
    running_.store(nullptr, std::memory_order_relaxed);
    if (watchdog_) watchdog_->idle(sleeping_ = true);
    context_.run_one();
    woke_up();
    if (timers_.next() <= now()) alarm_->fired();
    fire_due();
  }
  for (poller* p : pollers_) p->announce_sleep(false);
}

void block_on(loop_runtime& rt, task<> main) {
  std::exception_ptr failure;
  boost::asio::co_spawn(rt.executor(), std::move(main), [&](std::exception_ptr e) {
    failure = e;
    rt.stop();
  });
  rt.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace ensue
