#pragma once

#include <ensue/base/uuid.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ensue {

BOOST_DEFINE_ENUM_CLASS(announced, up, down, who_is_there)

/// What registries tell each other about the instances of services.
struct announcement {
  announced what{};
  std::string from{};  ///< which registry
  std::string service{};
  std::string instance{};
  std::map<std::string, std::string> metadata{};
  std::chrono::nanoseconds ttl{};  ///< up: it is there for so long, unless it says so again
  std::uint64_t load = 0;
};
BOOST_DESCRIBE_STRUCT(announcement, (), (what, from, service, instance, metadata, ttl, load))

/// The way of announcements between registries: in memory, or over a transport by a subject that
/// every process hears. They may be lost, doubled or late; registries live with that. Outlives
/// them. Loop thread.
class announcements {
 public:
  using listener = std::function<void(const announcement&)>;
  virtual ~announcements() = default;
  /// To all who listen; also the sender may hear it. Never waits: what cannot be sent is lost.
  virtual void announce(const announcement& a) = 0;
  /// Returns a number for `forget`.
  virtual std::uint64_t listen(listener f) = 0;
  virtual void forget(std::uint64_t listener_number) noexcept = 0;
};

/// Between the registries of one process: heard at once, inside `announce`.
class memory_announcements final : public announcements {
 public:
  void announce(const announcement& a) override;
  std::uint64_t listen(listener f) override;
  void forget(std::uint64_t listener_number) noexcept override;

 private:
  std::map<std::uint64_t, listener> listeners_;
  std::uint64_t last_ = 0;
};

}  // namespace ensue
