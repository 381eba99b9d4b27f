#pragma once

#include <ensue/app/app.hpp>
#include <ensue/sim/disk.hpp>
#include <ensue/sim/fault_sites.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/testing/chaos.hpp>
#include <ensue/testing/durable.hpp>
#include <ensue/testing/fault_filter.hpp>
#include <ensue/testing/network.hpp>
#include <ensue/testing/service.hpp>

#include <concepts>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue::testing {

/// Which run of a scenario: its seed, and what a replay changes.
struct run_options {
  std::uint64_t seed = 1;
  std::string planted{};             ///< the bug to plant; see simulation::planted
  std::optional<run_edits> edits{};  ///< none: everything happens as drawn
  std::size_t keep_trace = 0;        ///< so many last entries
};

/// A named condition does not hold. `what()` is the report, `name()` what did not hold.
class broken_promise : public sim::failure {
 public:
  broken_promise(std::string name, const std::string& report)
      : failure{report}, name_{std::move(name)} {}
  const std::string& name() const noexcept { return name_; }

 private:
  std::string name_;
};

/// A whole system in one simulated world: services that crash and boot again, clients, messages,
/// durable state, faults, and what must hold. One seed, one run.
///
///     void charges_once(simulation& w) {
///       auto& bank = w.durable<ledger>();
///       w.host("pay", [&](service& s) { s.on<order>([&](const order& o) { … }); });
///       w.client("shop", [&](service& s) -> task<> { … });
///       w.chaos({.drop = 0.02, .crash = {"pay"}, .during = 5s});
///       w.always("no order is charged twice", [&] { return bank->most() <= 1; });
///       w.eventually("every order is charged", 10min, [&] { return bank->all(); });
///       w.run();
///     }
///
/// `run` has two phases. In the first the drawn chaos happens. Then everything is healed: hosts
/// are up, links whole, disks well; now the clients must end and what is promised must come true.
///
/// Errors:  `run` throws broken_promise, sim::failure, or what a task threw.
/// Threads: one.
class simulation {
 public:
  explicit simulation(run_options options);
  simulation(const simulation&) = delete;
  simulation& operator=(const simulation&) = delete;
  ~simulation() { world_.end(); }

  /// A machine that `boot` starts at once and again after every crash. `boot` takes a `service&`
  /// or, to boot what runs in production, an `app&`: that is configured by nothing from outside
  /// and serves. Captures must outlive `run`.
  template <class F>
    requires std::invocable<F&, service&> || std::invocable<F&, app&>
  sim::host& host(std::string_view name, F boot) {
    if constexpr (std::invocable<F&, service&>) {
      return boot_host(name, std::move(boot));
    } else {
      return boot_host(name, [boot = std::move(boot)](service& s) mutable {
        app& a = s.make<app>(s.rt(), s.host().name(), sealed_options());
        boot(a);
        s.spawn("serve", serve(a));
      });
    }
  }
  /// The machine of that name; made, without a program of its own, if there is none.
  sim::host& host(std::string_view name) { return boot_host(name, {}); }

  /// A machine that chaos leaves alone and whose task must end, before `settle_max` at the latest.
  /// `f` takes a `service&` and returns a task; it is kept as long as its coroutine.
  template <class F>
  sim::host& client(std::string_view name, F f) {
    return add_client(name, std::function<task<>(service&)>{std::move(f)});
  }

  /// State that survives crashes; lives as long as the simulation.
  template <class T>
  testing::durable<T>& durable(tearing kind = tearing::whole, T first = T{}) {
    return make<testing::durable<T>>(kind, std::move(first));
  }
  /// The disk of that host, for journals and stores: survives crashes, loses by chaos.power what
  /// was not synced, fails now and then during chaos.disk.
  sim::disk& disk(std::string_view host);
  /// Anything that lives as long as the simulation and outlives its hosts.
  template <class T, class... Args>
  T& make(Args&&... args) {
    auto made = std::make_shared<T>(std::forward<Args>(args)...);
    T& object = *made;
    kept_.push_back(std::move(made));
    return object;
  }

  /// What may go wrong. Once, before `run`.
  void chaos(const testing::chaos& worst);
  /// Holds after every step. `f` returns true, or an empty text; a text says what is wrong.
  template <class F>
  void always(std::string_view name, F f) {
    always_.push_back({std::string{name}, as_check(std::move(f)), {}});
  }
  /// Holds at some moment within that time after everything is healed.
  template <class F>
  void eventually(std::string_view name, duration within, F f) {
    eventually_.push_back({std::string{name}, as_check(std::move(f)), within});
  }
  /// Ends the run as a broken promise unless `holds`.
  void require(bool holds, std::string_view name);

  /// Both phases. Afterwards every coroutine is gone.
  void run();
  /// How long after the healing the clients may take.
  duration settle_max = std::chrono::hours{1};

  /// A number that shapes the scenario: drawn from the seed, printed, made smaller by the shrinker.
  std::uint64_t size(std::string_view name, std::uint64_t least, std::uint64_t most);
  /// The scenario is asked to have its bug of that name.
  bool planted(std::string_view bug) const noexcept { return options_.planted == bug; }
  random_stream random(std::string_view name) const noexcept { return world_.random(name); }
  /// Called when the power of that host is cut: what was not synced must go.
  void on_power_cut(std::string_view host, std::function<void()> f);
  /// Called when the disk of that host begins and ceases to fail.
  void on_disk_fault(std::string_view host, std::function<void(bool failing)> f);

  sim::world& world() noexcept { return world_; }
  const sim::world& world() const noexcept { return world_; }
  testing::network& net() noexcept { return network_; }
  fault_filter& faults() noexcept { return filter_; }
  const sim::fault_sites& sites() const noexcept { return sites_; }
  const std::vector<std::pair<std::string, std::uint64_t>>& sizes() const noexcept {
    return sizes_;
  }
  bool healing() const noexcept { return healing_; }
  bool unfinished() const noexcept { return !ran_ && hosts_ > 0; }
  /// Seed, planted bug, sizes, machine and chaos of this run, for people.
  std::string text() const;

 private:
  using check = std::function<bool(std::string& why)>;
  struct promise {
    std::string name;
    check holds;
    duration within;
  };
  template <class F>
  static check as_check(F f) {
    return [f = std::move(f)](std::string& why) mutable {
      if constexpr (std::same_as<std::invoke_result_t<F&>, bool>) {
        return f();
      } else {
        why = f();
        return why.empty();
      }
    };
  }
  static app_options sealed_options();
  static sim::options machine(const run_options& o);
  static task<> serve(app& a);
  static task<> run_client(service& s, const std::function<task<>(service&)>& f, std::size_t& left);

  struct moment {
    duration at;
    const planned_fault* fault;
    bool begins;
  };
  struct hook {
    std::string host;
    std::function<void(bool)> act;
  };
  sim::host& boot_host(std::string_view name, std::function<void(service&)> boot);
  sim::host& add_client(std::string_view name, std::function<task<>(service&)> f);
  void run_chaos();
  void act(const planned_fault& f, bool begins);
  void heal();
  void settle();
  void check_always();
  [[noreturn]] void fail(const promise& p, const std::string& why, std::string_view kind);

  run_options options_;
  sim::world world_;
  fault_filter filter_{world_, options_.edits};
  network network_{world_, filter_};
  sim::fault_sites sites_;
  drawn_chaos drawn_{.delay = {std::chrono::microseconds{200}, std::chrono::microseconds{200}}};
  duration chaos_for_{};
  std::vector<promise> always_, eventually_;
  std::vector<std::pair<std::string, std::uint64_t>> sizes_;
  std::vector<hook> power_, disk_;
  std::vector<sim::host*> machines_;
  std::map<std::string, sim::disk, std::less<>> disks_;
  std::vector<std::shared_ptr<void>> kept_;
  std::size_t clients_left_ = 0;
  std::size_t hosts_ = 0;
  std::uint64_t buggified_ = 0;
  bool healing_ = false;
  bool ran_ = false;
};

}  // namespace ensue::testing
