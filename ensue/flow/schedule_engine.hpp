#pragma once

#include <ensue/async/scope.hpp>
#include <ensue/async/timer.hpp>
#include <ensue/flow/schedule.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace ensue::detail {

/// One schedule. Times are nominal: for a timing that follows the wall clock they are its times,
/// else those of the wall clock as it ran on from when the schedule was made, without being set.
struct schedule_entry {
  schedule_entry(runtime& rt, schedule_options o, tick_sender s)
      : options{std::move(o)}, send{std::move(s)}, alarm{rt} {}

  schedule_options options;
  tick_sender send;
  std::optional<named_event> event{};         // durable: what to publish
  duration shift{};                           // nominal time - steady time
  std::optional<wall_time> due{};             // the next tick not decided on yet
  std::map<wall_time, std::uint64_t> open{};  // decided on and not settled; what each stands for
  std::deque<wall_time> backlog{};            // those of them that are not under way
  unsigned under_way = 0;
  bool cancelled = false;
  schedule_info info{};  // the counters
  timer alarm;

  bool done() const noexcept { return !due && open.empty(); }
  schedule_info describe() const;
  kept_schedule kept() const;
};

/// What a scheduler and its `run` share.
class schedule_engine : public std::enable_shared_from_this<schedule_engine> {
 public:
  schedule_engine(bus& b, scheduler_options o, schedule_store* s);

  runtime& rt() const noexcept { return rt_; }
  const scheduler_options& options() const noexcept { return options_; }
  const std::shared_ptr<dispatcher>& bus_engine() const noexcept { return bus_; }
  schedule_store* store() const noexcept { return store_; }
  random_stream& draw() noexcept { return draw_; }
  bool running() const noexcept { return scope_ != nullptr; }

  /// errc::exists, errc::full. The entry has no due time yet.
  result<std::shared_ptr<schedule_entry>> insert(schedule_options o, tick_sender send);
  std::shared_ptr<schedule_entry> find(std::string_view id) const;
  /// Ends its timer and forgets it; what is under way goes on.
  void erase(schedule_entry& s);
  const auto& all() const noexcept { return entries_; }

  /// False: `run` runs already.
  bool begin() noexcept;
  void start(scope& s);
  void stop() noexcept;
  /// Sets the timer for its next tick, when running.
  void arm(schedule_entry& s);
  /// A tick has been published, or given up.
  void settle(schedule_entry& s, wall_time due, const error_code& ec);
  /// Sends what waits, as far as the limits allow.
  void pump(schedule_entry& s);
  void log(log_level level, const schedule_entry& s, std::string_view text) const;

 private:
  wall_time now_of(const schedule_entry& s) const noexcept;
  void ring(schedule_entry& s);
  void end(schedule_entry& s);
  void decide(schedule_entry& s, wall_time now);
  void open(schedule_entry& s, wall_time due, std::uint64_t stands_for, bool busy);

  std::shared_ptr<dispatcher> bus_;
  runtime& rt_;
  scheduler_options options_;
  schedule_store* store_;
  random_stream draw_;
  std::map<std::string, std::shared_ptr<schedule_entry>, std::less<>> entries_;
  scope* scope_ = nullptr;  // of `run`
  bool taken_ = false;      // by a `run`
};

/// `scheduler::run`.
task<> run_schedules(std::shared_ptr<schedule_engine> engine);

}  // namespace ensue::detail
