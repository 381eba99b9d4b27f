#pragma once

#include <ensue/async/timer.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/flow/announcements.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ensue {

/// One of those who offer a service.
struct service_instance {
  std::string service;
  std::string instance;
  std::map<std::string, std::string> metadata{};
  bool operator==(const service_instance&) const = default;
};

/// An instance is there, or its metadata has changed.
struct instance_up {
  service_instance what;
};
enum class gone : std::uint8_t {
  left,    ///< it said so
  silent,  ///< its time ran out: crashed, paused or cut off
};
struct instance_down {
  service_instance what;
  gone why{};
};

/// What an instance says of itself.
struct registration_options {
  std::string service{};
  std::string instance{};  ///< empty: an id
  std::map<std::string, std::string> metadata{};
  /// How long others believe in it without hearing of it. It is heard of three times in that.
  duration ttl = std::chrono::seconds{10};
  std::function<std::uint64_t()> load{};  ///< asked at each heartbeat; any unit

  static constexpr std::size_t text_max = 4096;  ///< of all names and metadata together
  static constexpr duration ttl_max = std::chrono::hours{1};
  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

enum class choice : std::uint8_t {
  round_robin,
  least_loaded,  ///< by what it said last, and how often it was chosen since
};

struct registry_counts {
  std::uint64_t heard = 0;      ///< announcements of others
  std::uint64_t refused = 0;    ///< of these: too many instances, or nonsense
  std::uint64_t conflicts = 0;  ///< of these: somebody else uses the name of an instance of ours
};

class service_registry;

/// An instance is registered as long as this lives.
class [[nodiscard]] registration {
 public:
  registration() = default;
  registration(service_registry& in, std::string service, std::string instance) noexcept
      : in_{&in}, service_{std::move(service)}, instance_{std::move(instance)} {}
  registration(registration&& o) noexcept
      : in_{std::exchange(o.in_, nullptr)},
        service_{std::move(o.service_)},
        instance_{std::move(o.instance_)} {}
  registration& operator=(registration&& o) noexcept;
  ~registration() { end(); }
  /// Says that it leaves.
  void end();
  const std::string& instance() const noexcept { return instance_; }

 private:
  service_registry* in_ = nullptr;
  std::string service_, instance_;
};

/// Who offers which service. Each process has one; they tell each other by announcements, and none
/// of them is in charge. What a registry knows may be a heartbeat old, or, of one that is silent, a
/// `ttl`: what you choose may be gone when you call it.
///
///     service_registry who{bus, wire};
///     const registration me = who.add({.service = "pay", .instance = "pay-1"}).value();
///     const auto one = who.choose("pay");
///
/// Changes are events on the bus, emitted: instance_up and instance_down, also for our own.
///
/// Limits:   `instances_max` known; see registration_options for the rest. More are refused.
/// Lifetime: bus and announcements outlive it; it outlives its registrations.
/// Threads:  loop thread.
/// Order:    everything is listed and chosen in the order of names.
/// Cost:     one timer. It fires for the heartbeats of our own instances and, when there are
///           others, about as often as the shortest of their `ttl`s; with nobody known, never.
class service_registry {
 public:
  service_registry(bus& b, announcements& through, std::size_t instances_max = 10'000);
  service_registry(const service_registry&) = delete;
  service_registry& operator=(const service_registry&) = delete;
  ~service_registry();

  /// Makes an instance known and keeps up its heartbeats. errc::exists: one of that name is known;
  /// errc::full; errc::invalid: see `wrong`, the log has the sentence.
  result<registration> add(registration_options o);

  std::vector<service_instance> list() const;
  std::vector<service_instance> list(std::string_view service) const;
  std::optional<service_instance> find(std::string_view service, std::string_view instance) const;
  /// None: nobody is known to offer it.
  std::optional<service_instance> choose(std::string_view service,
                                         choice how = choice::round_robin);
  std::size_t size() const noexcept { return size_; }
  registry_counts counts() const noexcept { return counts_; }

 private:
  friend class registration;
  struct known {
    service_instance what;
    std::string from{};
    duration ttl{};
    time_point due{};  // ours: of its next heartbeat; else: when it is silent for too long
    bool ours = false;
    std::function<std::uint64_t()> ask_load{};
    std::uint64_t load = 0;
    std::uint64_t chosen = 0;  // since its last heartbeat
  };
  struct offered {
    std::map<std::string, known, std::less<>> by_name;
    std::string latest{};  // chosen
  };

  void remove(const std::string& service, const std::string& instance);
  void hear(const announcement& a);
  void hear_up(const announcement& a);
  void hear_down(const announcement& a);
  void beat(known& k);
  void beat_due(time_point until);
  void tick();
  void arm(time_point when);
  known* look_up(std::string_view service, std::string_view instance);
  known& insert(known k);
  void erase(const service_instance& what);
  void complain(std::string_view text, const std::string& service, const std::string& instance);

  bus& bus_;
  runtime& rt_;
  announcements& through_;
  const std::size_t instances_max_;
  const std::string id_;
  std::map<std::string, offered, std::less<>> services_;
  std::size_t size_ = 0;
  registry_counts counts_;
  timer timer_;
  time_point armed_ = never;
  std::uint64_t listening_ = 0;
};

}  // namespace ensue
