#include <ensue/app/settings.hpp>
#include <ensue/app/spelling.hpp>
#include <ensue/bus/subscription.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

std::vector<std::string> subscription_knobs() {
  std::vector<std::string> all{"capacity",    "overflow", "wait_max",
                               "concurrency", "priority", "component"};
  all.insert(all.end(), policy_knobs().begin(), policy_knobs().end());
  return all;
}
const std::vector<std::string> component_knobs{"critical",    "start_timeout",  "stop_timeout",
                                               "restart_max", "restart_window", "restart_base",
                                               "restart_cap"};
constexpr std::size_t capacity_max = std::size_t{1} << 24;

template <class Enum>
Enum word(config& c, const char* key, Enum fallback, const std::vector<std::string>& words) {
  return static_cast<Enum>(c.one_of(key, static_cast<std::size_t>(fallback), words));
}

// Names are the user's, known only later; the knobs under them are known now.
void check_knobs(config& c, std::string_view section, const std::vector<std::string>& knobs) {
  for (const std::string& key : c.keys(section)) {
    const std::string knob = key.substr(key.rfind('.') + 1);
    if (std::find(knobs.begin(), knobs.end(), knob) != knobs.end()) {
      c.accept(key);
    } else {
      c.complain(key, "unknown key" + suggestion(knob, knobs));
    }
  }
}

void read_loop(loop_runtime::options& o, config& c) {
  o.offload_threads = c.get_between<std::size_t>("loop.offload_threads", o.offload_threads, 0, 256);
  o.offload_queue_max =
      c.get_between<std::size_t>("loop.offload_queue", o.offload_queue_max, 0, capacity_max);
  o.spin = c.get("loop.spin", o.spin);
  o.watchdog_after = c.get("loop.watchdog_after", o.watchdog_after);
  o.seed = c.get("loop.seed", o.seed);
}

void read_log(log_options& o, config& c) {
  o.level = word(c, "log.level", o.level, {"debug", "info", "warning", "error"});
  o.form = word(c, "log.format", o.form, {"text", "json"});
  o.colours = word(c, "log.colour", o.colours, {"auto", "always", "never"});
  o.file = c.get("log.file", o.file);
}

void read_kill_switch(kill_switch_options& o, config& c) {
  o.file = c.get("kill_switch.file", o.file);
  o.authority_sha256 = c.get("kill_switch.authority_sha256", o.authority_sha256);
  o.accept_damage = c.get("kill_switch.accept_damage", o.accept_damage);
  const bool digest = o.authority_sha256.size() == 64 &&
                      o.authority_sha256.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!o.authority_sha256.empty() && !digest)
    c.complain("kill_switch.authority_sha256",
               "expected 64 lower-case hexadecimal digits: the SHA-256 of the token");
}

}  // namespace

config load_config(const app_options& o) {
  config::environment variables = o.environment ? *o.environment : config::process_environment();
  std::string file = o.config_file;
  const auto named = variables.find("ENSUE_CONFIG");
  if (file.empty() && named != variables.end()) file = named->second;
  return config{file, std::move(variables)};
}

app_options configured(app_options o, config& c) {
  o.bus.depth_max = c.get_between("bus.depth_max", o.bus.depth_max, 1U, 10'000U);
  o.bus.budget_max =
      c.get_between<std::size_t>("bus.budget_max", o.bus.budget_max, 1, std::size_t{1} << 40);
  o.bus.source = c.get("bus.source", o.bus.source);
  o.capacity = c.get_between<std::size_t>("bus.capacity", o.capacity, 1, capacity_max);
  o.shutdown.intake = c.get("shutdown.intake", o.shutdown.intake);
  o.shutdown.drain = c.get("shutdown.drain", o.shutdown.drain);
  o.shutdown.forced = c.get("shutdown.forced", o.shutdown.forced);
  o.parent = word(c, "shutdown.parent", o.parent, {"ignored", "stdin_eof", "signal"});
  o.dead_letters_file = c.get("dead_letters.file", o.dead_letters_file);
  o.dead_letters.letters_max = c.get_between<std::size_t>(
      "dead_letters.letters_max", o.dead_letters.letters_max, 1, capacity_max);
  o.dead_letters.redrives_max =
      c.get_between("dead_letters.redrives_max", o.dead_letters.redrives_max, 0U, 1000U);
  o.dead_letters.salvage = c.get("dead_letters.salvage", o.dead_letters.salvage);
  read_kill_switch(o.kill_switch, c);
  read_log(o.log, c);
  read_loop(o.loop, c);
  check_knobs(c, "subscriptions.", subscription_knobs());
  check_knobs(c, "components.", component_knobs);
  return o;
}

void configure(component_options& o, const std::string& name, config& c) {
  const std::string at = "components." + name + ".";
  o.critical = c.get(at + "critical", o.critical);
  o.start_timeout = c.get(at + "start_timeout", o.start_timeout);
  o.stop_timeout = c.get(at + "stop_timeout", o.stop_timeout);
  o.restart.max = c.get_between(at + "restart_max", o.restart.max, 0U, 1000U);
  o.restart.window = c.get(at + "restart_window", o.restart.window);
  o.restart.base = c.get(at + "restart_base", o.restart.base);
  o.restart.cap = c.get(at + "restart_cap", o.restart.cap);
}

void configure(subscription_settings& s, std::size_t default_capacity, config& c) {
  const std::string at = "subscriptions." + s.name + ".";
  if (s.capacity == limits::queue_capacity) s.capacity = default_capacity;
  s.capacity = c.get_between<std::size_t>(at + "capacity", s.capacity, 1, capacity_max);
  s.on_full = word(c, (at + "overflow").c_str(), s.on_full,
                   {"wait", "reject", "drop_oldest", "drop_newest", "latest_per_key"});
  s.wait_max = c.get(at + "wait_max", s.wait_max);
  s.concurrency = c.get_between(at + "concurrency", s.concurrency, 1U, 10'000U);
  s.priority = c.get(at + "priority", s.priority);
  s.component = c.get(at + "component", s.component);
  policy p = s.policy ? *s.policy : policy{};
  configure(p, at, c);
  s.policy = detail::kept(std::move(p));
}

}  // namespace ensue
