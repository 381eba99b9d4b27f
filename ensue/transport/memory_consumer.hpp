#pragma once

#include <ensue/transport/memory_broker.hpp>
#include <ensue/transport/transport.hpp>

#include <cstdint>
#include <memory>
#include <set>

namespace ensue {

class memory_transport;

/// A member of a group at a memory_broker. See consumer.
class memory_consumer final : public consumer {
 public:
  memory_consumer(memory_transport& from, std::shared_ptr<memory_broker> broker,
                  memory_broker::group& g, std::size_t prefetch);
  ~memory_consumer() override;

  task<transport_result<delivery>> next() override;
  task<result<>> settle(std::uint64_t token, settlement how) override;
  task<result<>> extend(std::uint64_t token) override;
  void stop() override;
  std::size_t unsettled() const noexcept override { return mine_.size(); }

 private:
  result<> settle_now(std::uint64_t token, settlement how);

  friend class memory_transport;
  memory_transport* from_;  // null: it has closed
  std::shared_ptr<memory_broker> broker_;
  memory_broker::group& group_;
  std::size_t prefetch_;
  std::set<std::uint64_t> mine_;  // tokens given out here, those that are overdue included
  bool stopped_ = false;
};

}  // namespace ensue
