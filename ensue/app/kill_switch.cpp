#include <ensue/app/digest.hpp>
#include <ensue/app/kill_switch.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace ensue {
namespace {

constexpr std::array<std::string_view, 4> kinds{"app", "component", "event", "key"};
constexpr std::size_t text_max = 1024;  // of a reason or a name, so that a line stays a line

bool of_framework(const subscription_state& s) { return s.type().name.starts_with("ensue."); }

}  // namespace

std::string kill_scope::text() const {
  std::string all{kinds[static_cast<std::size_t>(what)]};
  return what == kind::app ? all : all + ":" + name;
}

result<kill_scope> kill_scope::parse(std::string_view text) {
  const std::size_t colon = text.find(':');
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (text.substr(0, colon) != kinds[i]) continue;
    const bool named = colon != std::string_view::npos;
    if (named == (i == 0)) return errc::invalid;
    return kill_scope{static_cast<kind>(i), std::string{named ? text.substr(colon + 1) : ""}};
  }
  return errc::invalid;
}

kill_switch::kill_switch(bus& b, kill_switch_options options)
    : bus_{b}, options_{std::move(options)} {}

result<> kill_switch::open() {
  if (!opened_) opened_ = read_file();
  return *opened_;
}

result<> kill_switch::read_file() {
  if (options_.file.empty()) return {};
  result<audit_file::contents> found = audit_.open(options_.file);
  std::string damage;
  if (found && found->damaged && options_.accept_damage) {
    damage = found->problem;
    const result<> aside = audit_file::set_aside(options_.file);
    if (aside) {
      found = audit_.open(options_.file);
    } else {
      found = aside.error();
    }
  }
  if (!found || found->damaged) {
    problem_ = found ? found->problem : options_.file + ": " + found.error().message();
    brakes_.push_back({kill_scope::app(), "its state cannot be read: " + problem_, {}});
    apply();
    return found ? error_code{errc::invalid} : found.error();
  }
  for (const audit_entry& e : found->entries) take_over(e);
  // A trigger that a crash cut off in the middle was meant.
  if (found->torn.starts_with("triggered\t")) trigger("recovered: " + found->torn);
  if (!damage.empty()) trigger("started in spite of damage: " + damage);
  apply();
  return {};
}

void kill_switch::take_over(const audit_entry& e) {
  const auto scope = kill_scope::parse(e.scope);
  if (!scope) return;
  if (e.verb == "reset") {
    std::erase_if(brakes_, [&](const brake& b) { return b.scope == *scope; });
  } else if ((e.verb == "triggered" || e.verb == "kept") && !find(*scope)) {
    brakes_.push_back({*scope, e.reason, e.at});
  }
}

const kill_switch::brake* kill_switch::find(const kill_scope& scope) const noexcept {
  for (const brake& b : brakes_)
    if (b.scope == scope) return &b;
  return nullptr;
}

bool kill_switch::active(const kill_scope& scope) const noexcept {
  return std::any_of(brakes_.begin(), brakes_.end(), [&](const brake& b) {
    return b.scope.what == kill_scope::kind::app || b.scope == scope;
  });
}

namespace {

// A key that is a number of at most 64 bits, of either sign, is marked by its value.
std::optional<std::uint64_t> number_mark(std::string_view name) noexcept {
  const char* const end = name.data() + name.size();
  std::uint64_t large = 0;
  if (const auto r = std::from_chars(name.data(), end, large); r.ec == std::errc{} && r.ptr == end)
    return large;
  std::int64_t negative = 0;
  if (const auto r = std::from_chars(name.data(), end, negative);
      r.ec == std::errc{} && r.ptr == end)
    return static_cast<std::uint64_t>(negative);
  return std::nullopt;
}

}  // namespace

void kill_switch::apply() {
  ensue::brakes all;
  std::vector<kill_scope> scopes;
  for (const brake& b : brakes_) {
    if (b.scope.what == kill_scope::kind::key) {
      all.keys.push_back(key_mark(std::string_view{b.scope.name}));
      if (const auto number = number_mark(b.scope.name)) all.keys.push_back(*number);
    } else {
      scopes.push_back(b.scope);
    }
    if (b.scope.what == kill_scope::kind::event) all.events.push_back(b.scope.name);
  }
  std::sort(all.keys.begin(), all.keys.end());
  std::sort(all.events.begin(), all.events.end());
  if (!scopes.empty()) {
    all.halts = [scopes = std::move(scopes)](const subscription_state& s) {
      if (of_framework(s)) return false;
      return std::any_of(scopes.begin(), scopes.end(), [&](const kill_scope& k) {
        switch (k.what) {
          case kill_scope::kind::component: return k.name == s.settings().component;
          case kill_scope::kind::event: return k.name == s.type().name;
          default: return true;
        }
      });
    };
  }
  bus_.engine().set_brakes(std::move(all));
}

result<> kill_switch::record(std::string verb, const kill_scope& scope, std::string_view reason) {
  if (options_.file.empty()) return {};
  std::vector<audit_entry> kept;
  for (const brake& b : brakes_) kept.push_back({"kept", b.scope.text(), b.reason, b.since});
  const audit_entry e{std::move(verb), scope.text(), std::string{reason.substr(0, text_max)},
                      bus_.rt().wall_now()};
  const result<> done = audit_.append(e, kept);
  if (!done) {
    const std::string what = done.error().message();
    const log_field fields[] = {{"file", std::string_view{options_.file}},
                                {"error", std::string_view{what}}};
    bus_.rt().log().write(log_level::error, "the kill switch cannot write its audit", fields);
  }
  return done;
}

bool kill_switch::trigger(std::string_view reason, const kill_scope& scope) {
  if (find(scope)) return false;
  const std::string why{reason.substr(0, text_max)};
  brakes_.push_back({scope, why, bus_.rt().wall_now()});
  apply();
  (void)record("triggered", scope, why);  // it holds even if the disk does not take it
  const std::string where = scope.text();
  const log_field fields[] = {{"scope", std::string_view{where}},
                              {"reason", std::string_view{why}}};
  bus_.rt().log().write(log_level::warning, "kill switch triggered", fields);
  (void)bus_.emit<kill_switch_triggered>(where, why);
  return true;
}

bool kill_switch::authorised(std::string_view authority) const {
  return !options_.authority_sha256.empty() &&
         equal_in_constant_time(sha256_hex(authority), options_.authority_sha256);
}

result<> kill_switch::refuse(const kill_scope& scope, std::string_view cause) {
  const std::string where = scope.text();
  const log_field fields[] = {{"scope", std::string_view{where}}, {"cause", cause}};
  bus_.rt().log().write(log_level::warning, "reset of the kill switch refused", fields);
  (void)bus_.emit<kill_switch_refused>(where, std::string{cause});
  return errc::refused;
}

result<> kill_switch::reset(std::string_view authority, const kill_scope& scope) {
  if (!authorised(authority)) {
    const std::string_view cause =
        options_.authority_sha256.empty() ? "no authority is configured" : "wrong authority";
    (void)record("refused", scope, cause);
    return refuse(scope, cause);
  }
  const brake* on = find(scope);
  if (!on) return errc::not_found;
  const std::string reason = on->reason;
  if (!record("reset", scope, reason)) return refuse(scope, "the audit cannot be written");
  std::erase_if(brakes_, [&](const brake& b) { return b.scope == scope; });
  apply();
  const std::string where = scope.text();
  const log_field fields[] = {{"scope", std::string_view{where}}};
  bus_.rt().log().write(log_level::warning, "kill switch reset", fields);
  (void)bus_.emit<kill_switch_reset>(where, reason);
  return {};
}

}  // namespace ensue
