#pragma once

// A transport of one's own: what is published stands on a shelf in memory, a place for each group.
#include <ensue/async/errors.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/transport/delivery_lanes.hpp>
#include <ensue/transport/transport.hpp>

#include <map>
#include <set>

namespace shelves {
using namespace ensue;

// What is a server elsewhere.
struct shelf {
  struct group {
    explicit group(const consume_options& o)
        : types{o.types}, lanes{{.prefetch = 10'000, .lease = o.lease}} {}
    std::vector<std::string> types;
    delivery_lanes lanes;
    work_list waiting;
  };
  runtime& rt;
  std::map<std::string, group> groups{};
};

class shelf_consumer final : public consumer {
 public:
  shelf_consumer(shelf& s, shelf::group& g, std::size_t prefetch, std::shared_ptr<bool> open)
      : shelf_{s}, group_{g}, prefetch_{prefetch}, open_{std::move(open)} {}
  ~shelf_consumer() override {
    for (const std::uint64_t token : mine_) group_.lanes.requeue(token, shelf_.rt.now());
    wake_all(group_.waiting);
  }

  task<transport_result<delivery>> next() override {
    runtime& rt = shelf_.rt;
    while (*open_ && !stopped_) {
      delivery_lanes& lanes = group_.lanes;
      for (const std::uint64_t late : lanes.overdue(rt.now())) lanes.requeue(late, rt.now());
      std::erase_if(mine_, [&](std::uint64_t token) { return !lanes.is_out(token); });
      if (mine_.size() < prefetch_) {
        if (auto d = lanes.take(rt.now())) {
          mine_.insert(d->token);
          co_return std::move(*d);
        }
      }
      time_point look = lanes.next_overdue();
      if (lanes.next_due() > rt.now()) look = std::min(look, lanes.next_due());
      if (co_await timed_wait(group_.waiting, rt, "the next delivery", look) ==
          wait_status::cancelled)
        throw_cancelled();
    }
    co_return transport_error{errc::closed, "shelf: the consumer was stopped"};
  }

  task<result<>> settle(std::uint64_t token, settlement how) override {
    const time_point now = shelf_.rt.now();
    const auto found = group_.lanes.settle(token, how.what, now);
    if (!found) co_return found.error() == errc::empty ? result<>{} : found.error();
    mine_.erase(token);
    const bool again = how.what == settlement::kind::retry_later;
    if (again) group_.lanes.retry_here(token, saturating_add(now, how.wait));
    if (!again) group_.lanes.settled(token);
    wake_all(group_.waiting);
    co_return result<>{};
  }

  task<result<>> extend(std::uint64_t token) override {
    const auto found = group_.lanes.extend(token, shelf_.rt.now());
    co_return found ? result<>{} : found.error();
  }
  void stop() override { stopped_ = true, wake_all(group_.waiting); }
  std::size_t unsettled() const noexcept override { return mine_.size(); }

 private:
  shelf& shelf_;
  shelf::group& group_;
  std::size_t prefetch_;
  std::shared_ptr<bool> open_;  // the transport
  std::set<std::uint64_t> mine_;
  bool stopped_ = false;
};

class shelf_transport final : public transport {
 public:
  explicit shelf_transport(std::shared_ptr<shelf> s) : shelf_{std::move(s)} {}

  const transport_features& features() const noexcept override { return features_; }
  const std::string& url() const noexcept override { return url_; }
  transport_state state() const noexcept override { return state_; }
  std::string why() const override { return std::string{name_of(state_)}; }
  void on_state(std::function<void(transport_state)> f) override { listener_ = std::move(f); }

  task<transport_result<guarantee>> open() override {
    *open_ = true, change(transport_state::ready);
    co_return guarantee{.obstacle = "a shelf in memory; use sqlite: or a broker's URL"};
  }
  task<std::vector<error_code>> publish(std::vector<cloud_event> events) override {
    std::vector<error_code> answers;
    for (const cloud_event& e : events) answers.push_back(put(e));
    co_return answers;
  }
  task<transport_result<std::unique_ptr<consumer>>> consume(consume_options o) override {
    if (!*open_) co_return transport_error{errc::closed, "shelf: closed"};
    if (auto fault = wrong(o)) co_return transport_error{errc::invalid, "shelf: " + *fault};
    shelf::group& group = shelf_->groups.try_emplace(o.group, o).first->second;
    std::unique_ptr<consumer> made =
        std::make_unique<shelf_consumer>(*shelf_, group, o.prefetch, open_);
    co_return made;
  }
  task<transport_result<std::size_t>> replay(replay_options,
                                             std::function<task<>(const delivery&)>) override {
    co_return transport_error{errc::invalid, "shelf: keeps nothing that was settled"};
  }
  task<result<>> close(duration) override {
    *open_ = false, change(transport_state::down);
    for (auto& [name, g] : shelf_->groups) wake_all(g.waiting);
    co_return result<>{};
  }

 private:
  error_code put(const cloud_event& e) {
    if (!*open_) return errc::closed;
    if (const error_code refused = refused_by(features(), e)) return refused;
    for (auto& [name, g] : shelf_->groups) {
      if (!wanted(g.types, e.type)) continue;
      if (g.lanes.room() == 0) return errc::full;
      g.lanes.arrive({.event = e}), wake_all(g.waiting);
    }
    return {};
  }
  void change(transport_state to) {
    if (std::exchange(state_, to) != to && listener_) listener_(to);
  }

  std::shared_ptr<shelf> shelf_;
  // clang-format off
  transport_features features_{.name = "shelf", .groups = true, .redelivers = true,
                               .orders_keys = true, .remembers_waits = true, .extends = true,
                               .counts_attempts = true};
  // clang-format on
  std::string url_ = "shelf:";
  transport_state state_ = transport_state::connecting;
  std::function<void(transport_state)> listener_;
  std::shared_ptr<bool> open_ = std::make_shared<bool>(false);
};

}  // namespace shelves
