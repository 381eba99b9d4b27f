#pragma once

#include <ensue/app/config.hpp>
#include <ensue/app/kill_switch.hpp>
#include <ensue/app/parent_watch.hpp>
#include <ensue/app/registry.hpp>
#include <ensue/app/shutdown.hpp>
#include <ensue/app/spdlog_sink.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/bus/options.hpp>
#include <ensue/bus/subscription_state.hpp>
#include <ensue/reliability/dead_letters.hpp>

#include <optional>
#include <string>
#include <vector>

namespace ensue {

/// Everything about an app that can be set; the configuration has the last word.
///
///     [bus]            depth_max, budget_max, source, capacity (of subscriptions that set none)
///     [subscriptions.NAME]  capacity, overflow, wait_max, concurrency, priority, component,
///                           and its policy: expire, timeout, dead_letter, dedupe_window,
///                           dedupe_entries, rate_count, rate_per, rate_burst, retry_attempts,
///                           retry_base, retry_cap, retry_factor, retry_deadline, retry_hold_max,
///                           breaker_mode ("off", "consecutive", "rate"), breaker_failures,
///                           breaker_rate, breaker_calls_min, breaker_window, breaker_open_for
///     [routes.NAME]    pattern, url, survives ("none", "process", "power"), replicated, lease,
///                      prefetch, capacity, publish_within, retry_after, from_oldest
///     [dead_letters]   file, letters_max, redrives_max, salvage
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
  /// Where events go that subscriptions give up: opened before the components start, closed last.
  /// Empty: as `bus.dead_letters` says. What was marked for redrive while the service was down is
  /// redriven when it has started.
  std::string dead_letters_file{};
  disk* files = nullptr;  ///< where that is; outlives the app. Null: the machine's
  dead_letter_options dead_letters{};
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
/// `at`: "subscriptions.NAME."
void configure(policy& p, const std::string& at, config& c);
const std::vector<std::string>& policy_knobs();

}  // namespace ensue
