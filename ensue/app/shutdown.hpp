#pragma once

#include <ensue/app/registry.hpp>
#include <ensue/async/job.hpp>
#include <ensue/bus/bus.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// What a service's process ends with.
enum class exit_code : int {
  drained = 0,            ///< everything accepted was settled, every component stopped
  start_failed = 10,      ///< bad configuration, unreadable kill switch, a component did not start
  forced = 11,            ///< events were left, a component hung, or somebody insisted
  component_failed = 12,  ///< a critical component failed; the rest was drained in order
};
std::string_view text(exit_code code) noexcept;

struct shutdown_options {
  duration intake = limits::component_stop;   ///< for all `stop_intake` together
  duration drain = limits::drain;             ///< until what was accepted must be settled
  duration forced = std::chrono::seconds{1};  ///< per component, once forced
};

/// Events of one subscription that were not settled when the drain ended.
struct left_behind {
  std::string subscription;
  std::uint64_t queued = 0;
  std::uint64_t running = 0;
};

// The phases, told on the bus in place (`emit`), in this order.

struct shutdown_requested {
  static constexpr std::string_view event_name = "ensue.shutdown_requested";
  std::string reason;
};
/// At any time after the request: somebody insisted. What is left is cancelled.
struct shutdown_forced {
  static constexpr std::string_view event_name = "ensue.shutdown_forced";
  std::string reason;
};
struct intake_stopped {
  static constexpr std::string_view event_name = "ensue.intake_stopped";
};
struct draining {
  static constexpr std::string_view event_name = "ensue.draining";
  std::uint64_t in_flight = 0;
};
struct drained {
  static constexpr std::string_view event_name = "ensue.drained";
  std::vector<left_behind> left{};  ///< empty: nothing; else cancelled or dropped as `shutdown`
};
struct stopped {
  static constexpr std::string_view event_name = "ensue.stopped";
  exit_code code = exit_code::drained;
  std::vector<std::string> hung{};  ///< components that outlived their deadline
};

struct shutdown_report {
  exit_code code = exit_code::drained;
  std::string reason{};
  std::vector<left_behind> left{};
  stop_report components{};
};

/// The protocol that ends a service: stop intake, drain until the deadline, cancel what is left,
/// stop the components in reverse, close the bus, report what was left.
///
/// It always ends within `bound()`, whatever handlers and components do, as long as the loop turns.
/// Threads: loop thread only.
class ordered_shutdown final : private job_owner {
 public:
  ordered_shutdown(bus& b, registry& components, shutdown_options options)
      : bus_{b}, components_{components}, options_{options} {}
  ordered_shutdown(const ordered_shutdown&) = delete;
  ordered_shutdown& operator=(const ordered_shutdown&) = delete;

  /// The first request's reason stays; later ones change nothing.
  void request(std::string_view reason);
  /// Skips what is left of the drain and hurries the components. Is a request too.
  void force(std::string_view reason);
  /// As `request`; the service ends with `exit_code::component_failed` at best.
  void fail(std::string_view reason);

  bool requested() const noexcept { return requested_; }
  bool forced() const noexcept { return forced_; }
  const std::string& reason() const noexcept { return reason_; }
  const shutdown_options& options() const noexcept { return options_; }
  void set_options(const shutdown_options& o) noexcept { options_ = o; }
  /// How long `run` can take.
  duration bound() const noexcept;
  /// Called at the first request and at the first force.
  std::function<void()> on_change{};

  /// Waits for the request.
  ///
  /// Cancellation: ends the wait, by throwing. Errors: none.
  [[nodiscard]] task<> wait_requested();

  /// Runs the phases; the bus is closed afterwards.
  ///
  /// Deadline:     `bound()` from the call.
  /// Cancellation: none; call `force`.
  /// Errors:       none thrown; see the report.
  [[nodiscard]] task<shutdown_report> run();

 private:
  void job_ended(job&) noexcept override { wake_all(changed_); }
  task<> drain(time_point until);
  std::vector<left_behind> left() const;
  void cut_all();
  void log_left(const std::vector<left_behind>& all) const;

  bus& bus_;
  registry& components_;
  shutdown_options options_;
  work_list changed_;
  std::string reason_;
  bool requested_ = false;
  bool forced_ = false;
  bool failed_ = false;
  bool running_ = false;
};

}  // namespace ensue
