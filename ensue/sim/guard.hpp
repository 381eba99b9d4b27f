#pragma once

/// A net under the simulation: linking ensue::sim replaces the process's clock, sleep, thread and
/// entropy calls by ones that look first whether a simulated step is running on this thread. If
/// not, they pass through. If so, the program ends and says what was called, by which task, at
/// which virtual time, with a backtrace. Linux with glibc; elsewhere there is no net.
namespace ensue::sim {
class world;
}

namespace ensue::sim::guard {

/// While it lives, calls on this thread belong to a step of `in`.
class scope {
 public:
  explicit scope(const world& in) noexcept;
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  ~scope();

 private:
  const world* before_;
};

/// Lifts the net on this thread while it lives: for the test's own output, for instance.
class allow {
 public:
  allow() noexcept;
  allow(const allow&) = delete;
  allow& operator=(const allow&) = delete;
  ~allow();

 private:
  const world* before_;
};

/// What happens on a forbidden call (its name is given); the call goes on if the handler returns.
using handler = void (*)(const char* call) noexcept;
/// Replaces the handler of the process and returns the one before. Null: report and abort.
handler on_violation(handler h) noexcept;

}  // namespace ensue::sim::guard
