#pragma once

#include <ensue/bus/bus.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ensue::testing {

/// A bus that remembers what is emitted, posted and published on it, in order and before any
/// handler sees it, and then does it. Give it to what you test in place of its bus.
///
/// Limits:  remembers everything until `forget`; events that cannot be copied by name only.
/// Threads: loop thread.
class recording_bus : public bus {
 public:
  explicit recording_bus(runtime& rt, bus_options options = {});

  /// All events that are a T, those of derived types included, oldest first.
  template <event T>
  std::vector<T> published() const {
    std::vector<T> all;
    for (const entry& e : log_->entries)
      if (const T* t = e.template as<T>()) all.push_back(*t);
    return all;
  }
  /// The names of all events, oldest first.
  std::vector<std::string> names() const;
  std::size_t count() const noexcept { return log_->entries.size(); }
  void forget() noexcept { log_->entries.clear(), log_->failures.clear(); }

  /// Every failure of a handler, oldest first.
  const std::vector<failure>& failures() const noexcept { return log_->failures; }

  /// The first event that is a T and for which `wanted(t)`, one that was recorded already or the
  /// next to come.
  ///
  /// Deadline:     `within` that time of the call.
  /// Cancellation: stops waiting.
  /// Errors:       throws system_error(errc::timed_out).
  template <event T>
  task<T> await_published(std::function<bool(const T&)> wanted = {},
                          duration within = std::chrono::seconds{10}) {
    return find<T>(engine().shared_from_this(), log_, std::move(wanted),
                   saturating_add(rt().now(), within));
  }

  /// Empty when every account is balanced and nothing is in flight; else the accounts that are not.
  std::string ledger_fault() const;

 private:
  struct entry {
    const event_type_info* type;
    std::string name;
    std::shared_ptr<const void> copy;

    template <event T>
    const T* as() const noexcept {
      return copy ? event_ref{*type, copy.get()}.template as<T>() : nullptr;
    }
  };
  struct log {
    std::vector<entry> entries;
    std::vector<failure> failures;
    work_list waiting;
  };

  recording_bus(runtime& rt, bus_options options, std::shared_ptr<log> l);
  static task<> wait_for_entry(dispatcher& d, log& l, time_point until);

  template <class T>
  static task<T> find(std::shared_ptr<dispatcher> d, std::shared_ptr<log> l,
                      std::function<bool(const T&)> wanted, time_point until) {
    for (std::size_t i = 0;; ++i) {
      while (i >= l->entries.size()) co_await wait_for_entry(*d, *l, until);
      const T* found = l->entries[i].template as<T>();
      if (found && (!wanted || wanted(*found))) co_return *found;
    }
  }

  std::shared_ptr<log> log_;
};

}  // namespace ensue::testing
