#pragma once

#include <ensue/app/registry.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/sim/host.hpp>

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace ensue::testing {

class simulation;

/// One life of a service on a simulated host: a runtime, a bus and components, as an `app` has
/// them, made anew at every boot. Gone with the life, after its coroutines.
class service {
 public:
  service(simulation& in, sim::host& on) noexcept : in_{in}, host_{on} {}
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  simulation& world() noexcept { return in_; }
  sim::host& host() noexcept { return host_; }
  runtime& rt() noexcept { return host_.rt(); }
  /// Made on first use.
  ensue::bus& bus();
  /// Made on first use; started once the boot function has returned.
  registry& components();

  /// Subscribes for this life; as `bus::subscribe`.
  template <event E, class F>
  void on(F f, subscribe_options<E> options = {}) {
    bus().subscribe<E>(std::move(f), std::move(options)).leave_to_bus();
  }
  /// Registers a component; as `app::add`.
  template <class C>
  decltype(auto) add(C&& c, component_options options = {}) {
    return components().add(std::forward<C>(c), std::move(options));
  }
  /// Starts `t`; it may run as long as this life.
  void spawn(std::string_view name, task<> t) { host_.spawn_background(name, std::move(t)); }
  /// An object that lives as long as this life.
  template <class T, class... Args>
  T& make(Args&&... args) {
    auto made = std::make_shared<T>(std::forward<Args>(args)...);
    T& object = *made;
    host_.keep(std::move(made));
    return object;
  }

 private:
  friend class simulation;
  void start_components();

  simulation& in_;
  sim::host& host_;
  std::optional<ensue::bus> bus_;
  std::optional<registry> components_;
};

}  // namespace ensue::testing
