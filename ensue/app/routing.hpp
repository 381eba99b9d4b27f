#pragma once

#include <ensue/app/config.hpp>
#include <ensue/bus/route.hpp>
#include <ensue/transport/transport.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// Where events live whose names match a pattern.
struct route_rule {
  std::string pattern{};
  std::string url{};                   ///< see make_transport
  survival survives = survival::none;  ///< the transport must promise this at least, or the app
                                       ///< does not start
  bool replicated = false;
  route_options options{};
};

/// The routes of an app: one connection for each URL, opened before the components start, consumed
/// from when they have, drained with the bus and closed after it.
///
/// Threads: loop thread. Lifetime: ends before the bus.
class routing {
 public:
  explicit routing(bus& b) noexcept : bus_{b} {}
  routing(const routing&) = delete;
  routing& operator=(const routing&) = delete;
  ~routing();

  /// Before `open`.
  void add(route_rule rule) { rules_.push_back(std::move(rule)); }
  bool empty() const noexcept { return rules_.empty(); }

  /// Opens all transports and begins to route what is posted; why it cannot, one line each.
  /// Cancellation: throws. Errors: none.
  task<std::vector<std::string>> open();
  /// Begins to consume; why it cannot, one line each. Cancellation: throws. Errors: none.
  task<std::vector<std::string>> start();
  /// Takes nothing more in; waits for what is being handled, at most `within`.
  /// Cancellation: cuts it short. Errors: none.
  task<> stop(duration within);
  /// After the bus: lets go of the connections. Cancellation: throws. Errors: none.
  task<> close(duration within);

  /// In the order of the rules. Empty before `open`.
  const std::vector<std::unique_ptr<route>>& routes() const noexcept { return routes_; }
  /// Null: no rule has this URL, or it is not open.
  transport* at(std::string_view url) const noexcept;

 private:
  struct connection {
    std::unique_ptr<transport> to;
    guarantee given{};
  };
  task<std::vector<std::string>> connect(route_rule rule);

  bus& bus_;
  std::vector<route_rule> rules_;
  std::map<std::string, connection, std::less<>> connections_;
  std::vector<std::unique_ptr<route>> routes_;
};

/// Reads `[routes.NAME]`: pattern, url, survives ("none", "process", "power"), replicated, lease,
/// prefetch, capacity, publish_within, retry_after, from_oldest.
std::vector<route_rule> read_routes(config& c);

}  // namespace ensue
