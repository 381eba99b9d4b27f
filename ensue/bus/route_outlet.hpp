#pragma once

#include <ensue/bus/route.hpp>
#include <ensue/reliability/backoff.hpp>

namespace ensue {

/// Publishes the events of a route, one at a time of each key. Shared with its running handlers.
class route::outlet : public std::enable_shared_from_this<outlet> {
 public:
  outlet(transport& to, const route_options& o, runtime& rt)
      : to_{to}, options_{o}, rt_{rt}, random_{rt.random("route")} {}

  subscription subscribe(bus& b, const std::string& pattern);

 private:
  static task<> send(std::shared_ptr<outlet> self, const event_ref& e, context& c);
  cloud_event made_of(const event_ref& e, context& c) const;
  std::string key_of(const event_ref& e, const envelope& env) const;

  transport& to_;
  const route_options& options_;
  runtime& rt_;
  random_stream random_;
};

}  // namespace ensue
