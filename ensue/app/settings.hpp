#pragma once

#include <ensue/app/config.hpp>
#include <ensue/app/kill_switch.hpp>
#include <ensue/app/parent_watch.hpp>
#include <ensue/app/registry.hpp>
#include <ensue/app/shutdown.hpp>
#include <ensue/app/spdlog_sink.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/options.hpp>

#include <optional>
#include <string>

namespace ensue {

/// Everything about an app that can be set; the configuration has the last word.
///
///     [bus]            depth_max, budget_max, source, capacity (of subscriptions that set none)
///     [subscriptions.NAME]  capacity, overflow, wait_max, concurrency, priority, component
///     [components.NAME]     critical, start_timeout, stop_timeout, restart_max, restart_window,
///                           restart_base, restart_cap
///     [loop]           offload_threads, offload_queue, spin, watchdog_after, seed
///     [shutdown]       intake, drain, forced, parent ("ignored", "stdin_eof", "signal")
///     [kill_switch]    file, authority_sha256, accept_damage
///     [log]            level, format ("text", "json"), colour ("auto", "always", "never"), file
struct app_options {
  /// TOML; empty: the one that the variable ENSUE_CONFIG names, else none.
  std::string config_file{};
  /// Empty: the variables of the process.
  std::optional<config::environment> environment{};
  bus_options bus{};
  std::size_t capacity = limits::queue_capacity;
  shutdown_options shutdown{};
  kill_switch_options kill_switch{};
  log_options log{};
  // Only for an app that owns its loop:
  loop_runtime::options loop{.watchdog_after = limits::watchdog_after};
  parent_death parent = parent_death::ignored;
  bool signals = true;  ///< SIGINT and SIGTERM stop it
};

/// The file and variables that `o` names; may be wrong, see `config::problems`.
config load_config(const app_options& o);
/// What `c` says in the place of what `o` said.
app_options configured(app_options o, config& c);
void configure(component_options& o, const std::string& name, config& c);
void configure(subscription_settings& s, std::size_t default_capacity, config& c);

}  // namespace ensue
