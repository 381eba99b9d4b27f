#pragma once

#include <ensue/async/scope.hpp>
#include <ensue/bus/publication.hpp>
#include <ensue/bus/route.hpp>

#include <memory>
#include <string>
#include <vector>

namespace ensue {

/// The way in, of one group: takes deliveries, hands each to the subscriptions of the group's name,
/// and settles it by what became of it.
class route::intake {
 public:
  intake(bus& b, transport& from, const route_options& o, std::string name,
         std::vector<std::string> types, std::unique_ptr<consumer> member);
  ~intake();

  void start();
  /// No further delivery.
  void stop() { member_->stop(); }
  /// Waits until all deliveries have settled. Cancellation: throws. Errors: none.
  static task<> drained(intake& self);
  /// Ends what is still at work. Cancellation: goes on. Errors: none.
  static task<> end(intake& self);

  const account& counts() const noexcept { return counts_; }
  const std::string& name() const noexcept { return counts_.group; }
  const std::vector<std::string>& types() const noexcept { return types_; }

 private:
  static task<> consume(intake& self);
  static task<> handle(intake& self, delivery d);
  static task<settlement> fate(intake& self, const delivery& d);
  static task<error_code> accepted(intake& self, record& r);
  static task<> settled(intake& self, const delivery& d, publication& p);
  static task<> settle(intake& self, const delivery& d, settlement how);
  settlement unreadable(const delivery& d, const std::string& why);
  settlement verdict(publication& p);
  void note(std::string_view what, const delivery& d, std::string_view why);

  std::shared_ptr<dispatcher> engine_;  // outlives the bus
  transport& from_;
  const route_options& options_;
  runtime& rt_;
  std::vector<std::string> types_;
  std::unique_ptr<consumer> member_;
  account counts_;
  work_list idle_;
  scope work_;
};

}  // namespace ensue
