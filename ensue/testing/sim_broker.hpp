#pragma once

#include <ensue/async/queue.hpp>
#include <ensue/async/timer.hpp>
#include <ensue/testing/simulation.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ensue::testing {

/// What an accepted message survives.
enum class survives : std::uint8_t { none, process, power };

/// What a broker promises. The defaults are the strongest; take one away to see who relied on it.
struct broker_promises {
  survives level = survives::power;
  bool keyed = true;          ///< one delivery of a key at a time within a group, in order
  bool fenced = true;         ///< an ack of a delivery that has expired settles nothing
  bool dedupes = false;       ///< a message id that is stored already is not stored again
  bool confirms_late = true;  ///< accepted means stored; false: means received
};

struct broker_options {
  std::string name = "broker";  ///< of its host: chaos may crash it, cut its power, partition it
  broker_promises promises{};
  duration ack_wait = std::chrono::seconds{2};
  unsigned deliver_max = 0;  ///< after so many the message is dead; 0: never
  duration answer_within = std::chrono::seconds{1};
  duration sync_every = std::chrono::milliseconds{500};  ///< below survives::power
};

struct message {
  std::string id{};
  std::string key{};
  std::string type{};
  std::string data{};
};

/// One attempt to have a message handled.
struct delivery {
  message what{};
  std::uint64_t position = 0;
  unsigned attempt = 1;     ///< from 2 on it has been delivered before
  std::uint64_t token = 0;  ///< names this attempt
};

struct dead_message {
  message what;
  unsigned attempts = 0;
  std::string reason;
};

class sim_broker;

/// One member of a consumer group, on one life of a host. Ends with its host's life, or when it is
/// destroyed. It keeps in touch with the broker by itself, also across the broker's crashes.
class broker_consumer {
 public:
  broker_consumer(sim_broker& from, sim::host& on, std::string group, std::size_t prefetch);
  broker_consumer(const broker_consumer&) = delete;
  broker_consumer& operator=(const broker_consumer&) = delete;
  ~broker_consumer();

  /// Waits for the next delivery.
  /// Cancellation: throws; no delivery was taken. Errors: none.
  task<delivery> next();
  /// Fire and forget: may be lost on the way, then the message comes again.
  void ack(const delivery& d);
  void retry_later(const delivery& d, duration wait);
  void dead(const delivery& d, std::string reason);
  /// Begins the ack-wait of this delivery anew.
  void extend(const delivery& d);

 private:
  friend class sim_broker;
  void keep_in_touch();
  sim_broker& broker_;
  sim::host& host_;
  std::string group_;
  std::uint64_t id_;
  unsigned life_;
  std::size_t prefetch_;
  std::shared_ptr<queue<delivery>> inbox_;
  timer heartbeat_;
};

/// A message broker inside the simulation: one stream, consumer groups, at-least-once. It has the
/// shape that the transports have, so that what is written against it can be tested with faults.
///
/// Every message of its protocol (publish, answer, delivery, ack) may be dropped, doubled, delayed.
/// Its host may crash (what it was told survives, from survives::process on), lose power (what was
/// not synced is gone), be cut off and paused.
class sim_broker {
 public:
  explicit sim_broker(simulation& w, broker_options o = {});
  sim_broker(const sim_broker&) = delete;
  sim_broker& operator=(const sim_broker&) = delete;

  /// Completes when the broker has accepted the message, as far as `describe()` promises.
  ///
  /// Deadline:     answer_within.
  /// Cancellation: throws; the message may be stored or not.
  /// Errors:       errc::unavailable: refused at once, not stored; errc::outcome_unknown: no answer
  ///               came; publish the same id again.
  task<result<>> publish(sim::host& from, message m);

  const broker_promises& describe() const noexcept { return options_.promises; }
  sim::host& host() noexcept { return *host_; }
  /// Everything stored, and what became of it: for checks.
  std::size_t stored() const noexcept { return log_.size(); }
  std::size_t unsettled(std::string_view group) const;
  std::vector<dead_message> dead_letters(std::string_view group) const;

 private:
  friend class broker_consumer;
  struct member {
    std::uint64_t id;
    sim::host* on;
    unsigned life;
    std::size_t prefetch;
    std::size_t out = 0;
    std::weak_ptr<queue<delivery>> inbox;
  };
  enum class state : std::uint8_t { waiting, out, settled };
  struct slot {
    state at = state::waiting;
    bool synced_settled = false;
    unsigned attempts = 0;
    std::uint64_t token = 0;
    std::uint64_t member = 0;
    time_point until{};  // out: when the ack-wait ends; waiting: not before
  };
  struct group {
    std::string name;
    std::vector<slot> slots;
    std::size_t first_open = 0;
    std::vector<member> members;
    std::set<std::string> busy_keys;
    std::vector<dead_message> dead;
    time_point sweep_at = never;
  };
  struct answer;

  void boot();
  void cut_power();
  void take(const message& m, sim::host& from, const std::shared_ptr<answer>& to);
  void sync();
  void sync_later();
  void join(const std::string& name, const member& m);
  void settle(const std::string& name, const delivery& d, bool good, duration wait,
              const std::string& reason);
  void touch(const std::string& name, const delivery& d);
  group& group_of(const std::string& name);
  void pump(group& g);
  bool hand_out(group& g, std::size_t position);
  void release(group& g, std::size_t position, state to, time_point until);
  void sweep_later(group& g, time_point when);
  void sweep(group& g);
  void bury(group& g, std::size_t position, std::string reason);

  simulation& world_;
  broker_options options_;
  sim::host* host_ = nullptr;
  std::vector<message> log_;
  std::size_t synced_ = 0;
  std::set<std::string> ids_;
  std::map<std::string, group, std::less<>> groups_;
  std::uint64_t last_token_ = 0;
  std::uint64_t last_member_ = 0;
};

}  // namespace ensue::testing
