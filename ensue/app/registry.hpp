#pragma once

#include <ensue/app/bell.hpp>
#include <ensue/app/component.hpp>
#include <ensue/async/job.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/base/limits.hpp>
#include <ensue/bus/bus.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// How often a component that is not critical is started again after its `run` failed.
struct restart_policy {
  unsigned max = 3;  ///< restarts within `window`; then it stays down
  duration window = std::chrono::minutes{1};
  duration base = std::chrono::milliseconds{100};  ///< before the first; doubles each time
  duration cap = std::chrono::seconds{10};
};

struct component_options {
  std::vector<std::string> depends_on{};  ///< started before this one, stopped after it
  bool critical = true;                   ///< its failure after the start ends the service
  restart_policy restart{};               ///< when not critical
  duration start_timeout = std::chrono::seconds{60};
  duration stop_timeout = limits::component_stop;
};

enum class component_state : std::uint8_t { down, starting, up, failed, stopping };

/// The service could not start; `what()` names the component and its error.
class start_error : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What the components left behind when they were stopped.
struct stop_report {
  std::vector<std::string> hung;    ///< outlived the deadline, cancelled, passed over
  std::vector<std::string> failed;  ///< stopping threw
};

/// The components of a service by name, and their life: start in the order of dependencies as
/// concurrently as that allows, supervision, stop in reverse.
///
/// Lifetime: owns the components it was given by value or pointer. One that hangs may go on until
/// the runtime ends; it is kept alive for that.
/// Threads: loop thread only.
class registry final : private job_owner {
 public:
  explicit registry(bus& b) : bus_{b} {}
  registry(const registry&) = delete;
  registry& operator=(const registry&) = delete;
  ~registry();

  /// Registers a component that outlives the registry.
  /// Errors: throws system_error errc::exists with the name when it is taken.
  template <class C>
  C& add(C& c, component_options options = {}) {
    add_handle(detail::hold_component<C>(&c), std::move(options));
    return c;
  }
  /// As above; the registry owns it.
  template <class C>
  C& add(std::unique_ptr<C> c, component_options options = {}) {
    C& object = *c;
    add_handle(detail::hold_component<C>(std::move(c)), std::move(options));
    return object;
  }
  template <class C>
  C& add(std::shared_ptr<C> c, component_options options = {}) {
    C& object = *c;
    add_handle(detail::hold_component<C>(std::move(c)), std::move(options));
    return object;
  }

  /// The component of that name; null when there is none or it is no `C`.
  template <class C>
  C* find(std::string_view name) noexcept {
    return static_cast<C*>(find_object(name, &detail::component_type_mark<C>));
  }
  /// Errors: as find, but throws system_error errc::not_found with the names there are.
  template <class C>
  C& get(std::string_view name) {
    if (C* c = find<C>(name)) return *c;
    throw_not_found(name);
  }
  component_state state(std::string_view name) const noexcept;
  std::size_t size() const noexcept { return entries_.size(); }
  std::vector<std::string> names() const;

  /// Starts all.
  ///
  /// Shape:        each as soon as those it depends on are up.
  /// Deadline:     each component's `start_timeout`.
  /// Order:        of dependencies; else in the order of registering.
  /// Cancellation: as a failure, but nothing is rolled back; call `stop`.
  /// Errors:       start_error: a start failed or hung, `abort_start` was called, a dependency is
  ///               unknown or a cycle. Those that had started were stopped in reverse.
  [[nodiscard]] task<> start();
  /// Ends a `start` that is under way as if a component had failed with `reason`.
  void abort_start(std::string reason);

  /// Tells all to take nothing new in, those registered last first, all at once.
  ///
  /// Deadline:     `within`, for all together; who needs longer is named and left alone.
  /// Cancellation: stops waiting.
  /// Errors:       none; failures go to the log and the bus.
  [[nodiscard]] task<> stop_intake(duration within);

  /// Stops all that are up, in reverse: dependents first, else those registered last.
  ///
  /// Deadline:     each component's `stop_timeout`, or `at_most` where that is shorter; one that
  ///               hangs is named, cancelled and passed over.
  /// Cancellation: stops waiting.
  /// Errors:       none thrown; see the report.
  [[nodiscard]] task<stop_report> stop(duration at_most = duration::max());
  /// Shortens the stop that is under way, and the later ones.
  void hurry(duration at_most);

  /// Called when a critical component failed after the start, on the loop.
  std::function<void(const std::string& component, const std::string& error)> on_critical{};
  /// How long `stop` can take at most.
  duration stop_bound() const noexcept;

 private:
  struct entry;
  using entry_ref = std::shared_ptr<entry>;
  enum class step_end : std::uint8_t { done, failed, hung };

  void add_handle(std::unique_ptr<component_handle> c, component_options options);
  void* find_object(std::string_view name, const void* type) noexcept;
  [[noreturn]] void throw_not_found(std::string_view name) const;
  void resolve();
  void rank();
  void keep_for_stop(const entry_ref& e);
  bool launch_ready();
  bool startable(const entry& e) const;
  reference<job_of<void>> launch(const char* what, const entry_ref& e, task<> work);
  void job_ended(job& j) noexcept override;

  task<> start_one(entry_ref e);
  task<> live(entry_ref e);
  task<bool> revive(entry_ref e);
  task<> stop_one(entry_ref e, stop_report& report);
  void come_up(const entry_ref& e);
  /// Runs `work` beside the caller for at most `d`. What it threw is in `error`.
  task<step_end> bounded(entry_ref e, const char* what, task<> work, duration d,
                         std::exception_ptr& error);
  task<> roll_back();
  void note_failure(const entry& e, const char* step, const std::string& error);
  void note_hung(const entry& e, const char* step);

  bus& bus_;
  std::vector<entry_ref> entries_;
  std::vector<entry_ref> up_;  // by rank
  work_list changed_;
  bool aborted_ = false;
  bool stopping_ = false;
  std::string abort_reason_;
  duration at_most_ = duration::max();
  bell* stop_bell_ = nullptr;  // of the stop under way
  job_list jobs_;              // first to be destroyed
};

}  // namespace ensue
