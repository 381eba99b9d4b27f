// What the fan-out is compared with.
#pragma once

#include "fanout_handlers.hpp"
#include "harness/table.hpp"

#include <boost/signals2.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <type_traits>
#include <typeindex>
#include <unordered_map>
#include <vector>

#ifdef BENCH_HAVE_SIGC
#include <sigc++/sigc++.h>
#endif

namespace bench::fanout {

/// The yardstick: no priorities, no isolation, no safety, no counters.
template <int N>
row bare_functions(const options& o) {
  auto list = std::make_shared<std::vector<std::function<void(const tick&)>>>();
  each<N>([&](auto& a) { list->push_back([&a](const tick& e) { a.on(e); }); });
  return plain("bare vector<std::function>", [=] {
    return ns_per_event<N>(o, "vector<std::function>", [&](const tick& e) {
      for (auto& f : *list) f(e);
    });
  });
}

/// What the hardware allows for calls that are not known at compile time.
template <int N>
row contiguous_delegates(const options& o) {
  struct delegate {
    void (*call)(void*, const tick&);
    void* object;
  };
  auto list = std::make_shared<std::vector<delegate>>();
  each<N>([&](auto& a) {
    using A = std::remove_reference_t<decltype(a)>;
    list->push_back({[](void* p, const tick& e) { static_cast<A*>(p)->on(e); }, &a});
  });
  return plain("floor: contiguous delegates", [=] {
    return ns_per_event<N>(o, "delegates", [&](const tick& e) {
      for (auto& d : *list) d.call(d.object, e);
    });
  });
}

struct listener {
  virtual ~listener() = default;
  virtual void on(const tick&) = 0;
};
template <class A>
struct listener_of final : listener {
  explicit listener_of(A* a) : target{a} {}
  void on(const tick& e) override { target->on(e); }
  A* target;
};

template <int N>
row virtual_calls(const options& o) {
  auto list = std::make_shared<std::vector<std::unique_ptr<listener>>>();
  each<N>([&](auto& a) {
    using A = std::remove_reference_t<decltype(a)>;
    list->push_back(std::make_unique<listener_of<A>>(&a));
  });
  return plain("vector of virtual listeners", [=] {
    return ns_per_event<N>(o, "virtual", [&](const tick& e) {
      for (auto& l : *list) l->on(e);
    });
  });
}

/// The bus everybody writes first: a map from type to handlers, and a lock.
class hand_written_bus {
 public:
  template <class E, class F>
  void subscribe(F f) {
    const std::lock_guard lock{mutex_};
    handlers_[typeid(E)].push_back([f](const void* e) { f(*static_cast<const E*>(e)); });
  }
  template <class E>
  void emit(const E& e) {
    const std::lock_guard lock{mutex_};
    const auto found = handlers_.find(typeid(E));
    if (found == handlers_.end()) return;
    for (auto& f : found->second) f(&e);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::type_index, std::vector<std::function<void(const void*)>>> handlers_;
};

template <int N>
row type_map_bus(const options& o) {
  auto bus = std::make_shared<hand_written_bus>();
  each<N>([&](auto& a) { bus->subscribe<tick>([&a](const tick& e) { a.on(e); }); });
  return plain("hand-written bus (type_index map + mutex)", [=] {
    return ns_per_event<N>(o, "hand-written bus", [&](const tick& e) { bus->emit(e); });
  });
}

template <int N>
row signals2(const options& o) {
  auto signal = std::make_shared<boost::signals2::signal<void(const tick&)>>();
  each<N>([&](auto& a) { signal->connect([&a](const tick& e) { a.on(e); }); });
  return plain("Boost.Signals2", [=] {
    return ns_per_event<N>(o, "Signals2", [&](const tick& e) { (*signal)(e); });
  });
}

template <int N>
row sigcpp([[maybe_unused]] const options& o) {
#ifdef BENCH_HAVE_SIGC
  auto signal = std::make_shared<sigc::signal<void(const tick&)>>();
  each<N>([&](auto& a) {
    using A = std::remove_reference_t<decltype(a)>;
    signal->connect(sigc::mem_fun(a, &A::on));
  });
  return plain("sigc++ 3", [=] {
    return ns_per_event<N>(o, "sigc++", [&](const tick& e) { signal->emit(e); });
  });
#else
  return absent("sigc++ 3", "libsigc++-3.0-dev");
#endif
}

}  // namespace bench::fanout
