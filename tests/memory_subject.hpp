#pragma once

#include <ensue/conformance/subject.hpp>
#include <ensue/conformance/suite.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>

/// The memory transport as a subject of the conformance suite, in virtual time.
namespace ensue::cases {

class memory_server {
 public:
  using dress = std::function<std::unique_ptr<transport>(std::unique_ptr<transport>)>;

  /// `around` may put something around each transport.
  explicit memory_server(sim::world& w, dress around = {})
      : rt_{w.rt()}, dress_{std::move(around)} {}

  conformance::subject subject() {
    conformance::subject s{.rt = rt_,
                           .make = [this](const std::string& space) { return make(space); }};
    s.list_dead = [this](const std::string& space, const std::string& group) {
      return dead(space, group);
    };
    return s;
  }

 private:
  std::shared_ptr<memory_broker> broker(const std::string& space) {
    auto& b = brokers_[space];
    if (!b) b = std::make_shared<memory_broker>(rt_);
    return b;
  }
  std::unique_ptr<transport> make(const std::string& space) {
    std::unique_ptr<transport> made = std::make_unique<memory_transport>(broker(space));
    return dress_ ? dress_(std::move(made)) : std::move(made);
  }
  task<std::vector<conformance::dead_letter>> dead(std::string space, std::string group) {
    std::vector<conformance::dead_letter> all;
    for (auto& d : broker(space)->dead(group)) all.push_back({d.event.id, d.reason});
    co_return all;
  }

  runtime& rt_;
  dress dress_;
  std::map<std::string, std::shared_ptr<memory_broker>> brokers_;
};

}  // namespace ensue::cases
