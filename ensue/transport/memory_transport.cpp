#include <ensue/transport/memory_consumer.hpp>
#include <ensue/transport/memory_transport.hpp>

#include <utility>

namespace ensue {

memory_transport::memory_transport(std::shared_ptr<memory_broker> broker)
    : broker_{std::move(broker)} {}

memory_transport::~memory_transport() {
  for (memory_consumer* c : consumers_) c->from_ = nullptr;
}

const transport_features& memory_transport::features() const noexcept {
  static constexpr transport_features all{.name = "memory",
                                          .groups = true,
                                          .redelivers = true,
                                          .keeps_old = true,
                                          .orders_keys = true,
                                          .remembers_waits = true,
                                          .dedupes = true,
                                          .extends = true,
                                          .counts_attempts = true,
                                          .keeps_dead = true,
                                          .replays = true};
  return all;
}

task<transport_result<guarantee>> memory_transport::open() {
  change(transport_state::ready, "");
  co_return guarantee{.accepted = survival::none,
                      .replicated = false,
                      .obstacle =
                          "events live in the memory of this process; use sqlite: or a "
                          "broker's URL"};
}

void memory_transport::on_state(std::function<void(transport_state)> listener) {
  listener_ = std::move(listener);
}

void memory_transport::change(transport_state to, std::string why) {
  why_ = std::move(why);
  if (std::exchange(state_, to) != to && listener_) listener_(to);
}

task<std::vector<error_code>> memory_transport::publish(std::vector<cloud_event> events) {
  std::vector<error_code> answers;
  answers.reserve(events.size());
  for (cloud_event& e : events) {
    error_code ec = state_ == transport_state::ready ? refused_by(features(), e) : errc::closed;
    if (!ec)
      if (const auto stored = broker_->store(std::move(e)); !stored) ec = stored.error();
    answers.push_back(ec);
  }
  co_return answers;
}

task<transport_result<std::unique_ptr<consumer>>> memory_transport::consume(consume_options o) {
  if (state_ != transport_state::ready)
    co_return transport_error{errc::closed, "memory: is not open"};
  if (auto fault = wrong(o)) co_return transport_error{errc::invalid, "memory: " + *fault};
  std::unique_ptr<consumer> made =
      std::make_unique<memory_consumer>(*this, broker_, broker_->join(o), o.prefetch);
  co_return made;
}

task<transport_result<std::size_t>> memory_transport::replay(
    replay_options o, std::function<task<>(const delivery&)> each) {
  const auto after = position_number(o.after);
  if (!after) co_return transport_error{errc::invalid, "memory: '" + o.after + "' is no position"};
  std::size_t count = 0;
  const std::uint64_t last = broker_->last_;
  const std::uint64_t oldest = broker_->log_.empty() ? last + 1 : broker_->log_.front().position;
  for (std::uint64_t p = std::max(oldest, *after + 1); p <= last && count < o.most; ++p) {
    const memory_broker::stored_event* const stored = broker_->at(p);
    if (!stored || !fits(o, stored->event)) continue;
    const delivery d{.event = stored->event, .position = std::to_string(p)};
    co_await each(d);
    ++count;
  }
  co_return count;
}

task<result<>> memory_transport::close(duration) {
  change(transport_state::down, "closed");
  for (memory_consumer* c : consumers_) c->stop();
  co_return result<>{};
}

}  // namespace ensue
