#pragma once

#include <ensue/async/job.hpp>
#include <ensue/bus/context.hpp>
#include <ensue/bus/handler.hpp>
#include <ensue/bus/subscription.hpp>
#include <ensue/reliability/lease.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// Which instances of a service an event goes to.
enum class delivery_mode : std::uint8_t {
  pool,       ///< one of them, whoever is free: work is shared
  broadcast,  ///< each of them, by a subscription of its own: caches, pushes to clients
  singleton,  ///< one of them, always the same as long as it is there: the leader
};

/// What became of the events that one instance was given:
/// begun == handled + failed + moved + stopped + running.
struct instance_counts {
  std::uint64_t begun = 0;
  std::uint64_t handled = 0;
  std::uint64_t failed = 0;   ///< by its handler
  std::uint64_t moved = 0;    ///< it was gone or no leader any more: went to another one
  std::uint64_t stopped = 0;  ///< by the end of the bus
  std::uint64_t running = 0;
};

namespace detail {

/// The instances of a service behind one subscription: which of them takes the next event. Shared
/// by the group, its members and the handlers at work. Loop thread.
class group_core : public std::enable_shared_from_this<group_core> {
 public:
  struct run {  // one event in the hands of one instance
    job* work = nullptr;
    bool interrupted = false;
  };
  struct member {
    std::string name{};
    std::uint64_t mark = 0;             // of the name
    std::unique_ptr<handler> handle{};  // broadcast: null
    subscription own{};                 // broadcast only
    unsigned concurrency = 1;
    std::uint64_t turn = 0;  // when it was last given an event
    std::vector<run*> runs{};
    instance_counts counts{};
  };

  group_core(runtime& rt, std::string service, delivery_mode mode, std::size_t members_max,
             lease* leads);

  /// Events come from there, and none is taken before somebody joins.
  void take_from(subscription s, duration timeout);
  void close();

  /// errc::exists, errc::full, errc::invalid: no name; errc::closed.
  result<std::shared_ptr<member>> join(member m);
  /// It is given nothing more; what it runs goes on, or goes to another one.
  void leave(const std::shared_ptr<member>& m, bool interrupt);

  /// Handles one event by one member after another, until one has done it.
  ///
  /// Cancellation: passed on to the member's handler; its end is waited for.
  /// Errors:       the handler's; errc::closed: the group ended while nobody was there.
  static task<> handle(std::shared_ptr<group_core> core, const void* event,
                       std::optional<std::uint64_t> key, context& c);

  const std::string& service() const noexcept { return service_; }
  delivery_mode mode() const noexcept { return mode_; }
  std::vector<std::string> names() const;
  std::string leader() const;
  std::uint64_t token() const noexcept;
  ledger counts() const noexcept { return events_.counts(); }

 private:
  class at_work;
  std::shared_ptr<member> pick(std::optional<std::uint64_t> key) const;
  std::shared_ptr<member> home_of(std::uint64_t key) const;
  bool leads() const noexcept { return !lease_ || lease_->held(); }
  bool has_room(const member& m) const noexcept;
  task<> begin(member& m, const void* event, context& c, time_point end) const;
  void elect();
  void changed();
  void lease_changed(bool held);
  static void interrupt(member& m) noexcept;

  runtime& rt_;
  const std::string service_;
  const delivery_mode mode_;
  const std::size_t members_max_;
  lease* const lease_;
  duration timeout_ = duration::max();
  subscription events_;
  std::vector<std::shared_ptr<member>> members_;  // in the order of joining
  std::vector<std::shared_ptr<member>> going_;    // left, with events still at work
  std::shared_ptr<member> leader_;
  std::uint64_t terms_ = 0;
  std::uint64_t turns_ = 0;
  work_list waiting_;  // events whose instance went away, and no other has room
  bool closed_ = false;
};

}  // namespace detail
}  // namespace ensue
