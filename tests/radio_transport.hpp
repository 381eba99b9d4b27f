#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/transport/transport.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// A transport that can do nothing beyond the least: who listens hears it, once. With it the cases
/// pass that show what a clear flag leaves out.
namespace ensue::cases {

class radio_consumer;

struct radio_station {
  runtime& rt;
  std::map<std::string, std::vector<radio_consumer*>> groups{};
  std::size_t turn = 0;
};

class radio_consumer final : public consumer {
 public:
  radio_consumer(std::shared_ptr<radio_station> s, consume_options o, const void* owner,
                 std::shared_ptr<bool> open)
      : owner_{owner}, station_{std::move(s)}, options_{std::move(o)}, open_{std::move(open)} {
    station_->groups[options_.group].push_back(this);
  }
  ~radio_consumer() override { std::erase(station_->groups[options_.group], this); }

  void hear(const cloud_event& e, const void* sender) {
    if (sender == owner_ || !wanted(options_.types, e.type)) return;
    if (queue_.size() + out_.size() >= options_.prefetch) return;  // lost: at most once
    queue_.push_back(e);
    wake_all(waiting_);
  }
  void wake() { wake_all(waiting_); }

  task<transport_result<delivery>> next() override {
    while (*open_ && !stopped_) {
      if (!queue_.empty()) {
        delivery d{.event = std::move(queue_.front()), .token = ++last_};
        queue_.pop_front();
        out_.insert(d.token);
        co_return d;
      }
      if (co_await wait_in(waiting_, station_->rt, "a radio") == wait_status::cancelled)
        throw_cancelled();
    }
    co_return transport_error{errc::closed, "radio: off"};
  }
  task<result<>> settle(std::uint64_t token, settlement) override {
    out_.erase(token);
    co_return result<>{};
  }
  task<result<>> extend(std::uint64_t) override { co_return errc::invalid; }
  void stop() override { stopped_ = true, wake(); }
  std::size_t unsettled() const noexcept override { return out_.size(); }

 private:
  const void* owner_;
  std::shared_ptr<radio_station> station_;
  consume_options options_;
  std::shared_ptr<bool> open_;
  std::deque<cloud_event> queue_;
  std::set<std::uint64_t> out_;
  std::uint64_t last_ = 0;
  bool stopped_ = false;
  work_list waiting_;
};

class radio_transport final : public transport {
 public:
  explicit radio_transport(std::shared_ptr<radio_station> s) : station_{std::move(s)} {}

  const transport_features& features() const noexcept override {
    static constexpr transport_features least{
        .name = "radio", .skips_own = true, .event_bytes_max = 4096};
    return least;
  }
  const std::string& url() const noexcept override { return url_; }
  task<transport_result<guarantee>> open() override {
    *open_ = true;
    change(transport_state::ready);
    guarantee none{.obstacle = "who does not listen does not hear"};
    co_return none;
  }
  transport_state state() const noexcept override { return state_; }
  std::string why() const override { return "radio"; }
  void on_state(std::function<void(transport_state)> f) override { listener_ = std::move(f); }

  task<std::vector<error_code>> publish(std::vector<cloud_event> events) override {
    std::vector<error_code> answers;
    for (const cloud_event& e : events) {
      answers.push_back(*open_ ? refused_by(features(), e) : make_error_code(errc::closed));
      if (answers.back()) continue;
      ++station_->turn;
      for (const auto& [name, members] : station_->groups)
        if (!members.empty()) members[station_->turn % members.size()]->hear(e, this);
    }
    co_return answers;
  }
  task<transport_result<std::unique_ptr<consumer>>> consume(consume_options o) override {
    if (!*open_) co_return transport_error{errc::closed, "radio: off"};
    if (auto fault = wrong(o)) co_return transport_error{errc::invalid, *fault};
    std::unique_ptr<consumer> made =
        std::make_unique<radio_consumer>(station_, std::move(o), this, open_);
    co_return made;
  }
  task<transport_result<std::size_t>> replay(replay_options,
                                             std::function<task<>(const delivery&)>) override {
    co_return transport_error{errc::invalid, "radio: nothing is kept"};
  }
  task<result<>> close(duration) override {
    *open_ = false;
    change(transport_state::down);
    for (const auto& [name, members] : station_->groups)
      for (radio_consumer* const c : members) c->wake();
    co_return result<>{};
  }

 private:
  void change(transport_state to) {
    if (std::exchange(state_, to) != to && listener_) listener_(to);
  }

  std::shared_ptr<radio_station> station_;
  std::string url_ = "radio:";
  transport_state state_ = transport_state::connecting;
  std::function<void(transport_state)> listener_;
  std::shared_ptr<bool> open_ = std::make_shared<bool>(false);
};

}  // namespace ensue::cases
