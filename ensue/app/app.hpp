#pragma once

#include <ensue/app/kill_switch.hpp>
#include <ensue/app/registry.hpp>
#include <ensue/app/routing.hpp>
#include <ensue/app/settings.hpp>
#include <ensue/app/shutdown.hpp>
#include <ensue/base/posix_disk.hpp>
#include <ensue/bus/bus.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue {

class stop_signals;

/// Everything is up; told in place.
struct service_started {
  static constexpr std::string_view event_name = "ensue.service_started";
  std::string app;
};

/// A service: a loop, a bus, components, a kill switch, configuration, and their life from start to
/// exit code.
///
///     int main() {
///       ensue::app app{"shop"};
///       app.on<order_placed>(send_receipt, {.name = "receipt"});
///       return app.run();
///     }
///
/// Configuration that is wrong and a kill switch that cannot be read are reported by `run`, which
/// then starts nothing. Threads: one; see loop_runtime.
class app {
 public:
  /// Owns its loop, logs to standard error, stops on SIGINT and SIGTERM.
  explicit app(std::string name, app_options options = {});
  /// On a given runtime, the simulator's for instance: no signals, no log, no parent; use `serve`.
  app(runtime& rt, std::string name, app_options options = {});
  app(const app&) = delete;
  app& operator=(const app&) = delete;
  ~app();

  const std::string& name() const noexcept { return name_; }
  runtime& rt() noexcept { return rt_; }
  ensue::bus& bus() noexcept { return bus_; }
  registry& components() noexcept { return components_; }
  ensue::kill_switch& kill_switch() noexcept { return kill_switch_; }
  /// For the user's own keys; read them before `run`.
  config& settings() noexcept { return config_; }

  /// Subscribes for the life of the app; as `bus::subscribe`.
  template <event E, class F>
  void on(F f, subscribe_options<E> options = {}) {
    bus_.subscribe<E>(std::move(f), std::move(options)).leave_to_bus();
  }
  /// As above, for a member function of an object that outlives the app.
  template <event E, class C, class R>
  void on(C& object, R (C::*member)(const E&), subscribe_options<E> options = {}) {
    bus_.subscribe<E>(object, member, std::move(options)).leave_to_bus();
  }

  /// Lets the events whose names match live at a transport; see route. Before `run`. Rules of the
  /// configuration come behind these; the last one with a pattern counts for it.
  void route(route_rule rule) { routing_.add(std::move(rule)); }
  ensue::routing& routes() noexcept { return routing_; }

  /// Registers a component: by reference (it outlives the app), by unique_ptr or by shared_ptr.
  /// Errors: throws system_error errc::exists when its name is taken.
  template <class C>
  decltype(auto) add(C&& c, component_options options = {}) {
    configure(options, detail::named(c), config_);
    return components_.add(std::forward<C>(c), std::move(options));
  }

  /// Asks the service to end in order; the first reason stays. Loop thread, or before `run`.
  void stop(std::string_view reason) { shutdown_.request(reason); }
  /// Ends it without draining: what a second signal does.
  void force(std::string_view reason) { shutdown_.force(reason); }
  bool stopping() const noexcept { return shutdown_.requested(); }

  /// Starts, serves until somebody asks to stop, shuts down; the result is for `main` to return.
  /// After `exit_code::forced` the process must end within seconds, or it is ended: something that
  /// hung might hold up its destructors too.
  int run();

  /// As `run`, inside the loop.
  ///
  /// Cancellation: none while it shuts down; use `stop`.
  /// Errors:       none thrown; see the exit code, the log and `report`.
  [[nodiscard]] task<exit_code> serve();

  /// Null: no file was given, or it is not open yet.
  dead_letters* letters() noexcept { return letters_.get(); }
  /// How the shutdown went; of use after `run` or `serve`.
  const shutdown_report& report() const noexcept { return report_; }
  /// Why it did not start, one line each.
  const std::vector<std::string>& start_problems() const noexcept { return problems_; }

 private:
  app(std::unique_ptr<loop_runtime> loop, runtime* rt, std::string name, app_options options,
      config c);
  task<> open_letters();
  task<> close_letters();
  static task<> redrive_what_is_marked(app& self);
  void log_lines(log_level level, std::string_view message, const std::vector<std::string>& lines);
  void log_end();

  const std::string name_;
  config config_;
  const app_options options_;
  std::unique_ptr<log_sink> log_;  // outlives the loop, which may log to its end
  posix_disk files_;
  std::unique_ptr<loop_runtime> loop_;
  runtime& rt_;
  std::unique_ptr<dead_letters> letters_;
  ensue::bus bus_;
  routing routing_;
  ensue::kill_switch kill_switch_;
  registry components_;
  ordered_shutdown shutdown_;
  std::vector<std::string> problems_;
  shutdown_report report_;
  stop_signals* signals_ = nullptr;  // while `run` runs
};

}  // namespace ensue
