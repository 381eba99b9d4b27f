#pragma once

#include <ensue/transport/memory_broker.hpp>
#include <ensue/transport/transport.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ensue {

class memory_consumer;

/// The transport that needs no server: `memory:`. Everything that the others do, for as long as
/// the process lives.
class memory_transport final : public transport {
 public:
  explicit memory_transport(std::shared_ptr<memory_broker> broker);
  explicit memory_transport(runtime& rt) : memory_transport{std::make_shared<memory_broker>(rt)} {}
  ~memory_transport() override;

  const transport_features& features() const noexcept override;
  const std::string& url() const noexcept override { return url_; }
  task<transport_result<guarantee>> open() override;
  transport_state state() const noexcept override { return state_; }
  std::string why() const override { return why_; }
  void on_state(std::function<void(transport_state)> listener) override;
  task<std::vector<error_code>> publish(std::vector<cloud_event> events) override;
  task<transport_result<std::unique_ptr<consumer>>> consume(consume_options o) override;
  task<transport_result<std::size_t>> replay(replay_options o,
                                             std::function<task<>(const delivery&)> each) override;
  task<result<>> close(duration within) override;

 private:
  friend class memory_consumer;
  void change(transport_state to, std::string why);

  std::shared_ptr<memory_broker> broker_;
  std::string url_ = "memory:";
  transport_state state_ = transport_state::connecting;
  std::string why_ = "not opened yet";
  std::function<void(transport_state)> listener_;
  std::vector<memory_consumer*> consumers_;
};

}  // namespace ensue
