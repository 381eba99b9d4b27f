// The side of the simulated broker that lives on its clients.
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/testing/sim_broker.hpp>

namespace ensue::testing {
namespace {

constexpr duration heartbeat = std::chrono::seconds{1};

}  // namespace

broker_consumer::broker_consumer(sim_broker& from, sim::host& on, std::string group,
                                 std::size_t prefetch)
    : broker_{from},
      host_{on},
      group_{std::move(group)},
      id_{++from.last_member_},
      life_{on.lives()},
      prefetch_{prefetch},
      inbox_{std::make_shared<queue<delivery>>(
          on.rt(), queue_options{.capacity = unbounded, .name = "deliveries"})},
      heartbeat_{on.rt()} {
  keep_in_touch();
}

broker_consumer::~broker_consumer() = default;

void broker_consumer::keep_in_touch() {
  const sim_broker::member me{id_, &host_, life_, prefetch_, 0, inbox_};
  broker_.world_.net().send(host_, *broker_.host_,
                            [&b = broker_, g = group_, me] { b.join(g, me); });
  heartbeat_.call_in(heartbeat, [this] { keep_in_touch(); });
}

task<delivery> broker_consumer::next() { co_return (co_await inbox_->pop()).value(); }

void broker_consumer::ack(const delivery& d) {
  broker_.world_.net().send(host_, *broker_.host_, [&b = broker_, g = group_, d] {
    b.settle(g, d, true, duration::zero(), {});
  });
}

void broker_consumer::retry_later(const delivery& d, duration wait) {
  broker_.world_.net().send(host_, *broker_.host_, [&b = broker_, g = group_, d, wait] {
    b.settle(g, d, false, wait, {});
  });
}

void broker_consumer::dead(const delivery& d, std::string reason) {
  broker_.world_.net().send(host_, *broker_.host_,
                            [&b = broker_, g = group_, d, why = std::move(reason)] {
                              b.settle(g, d, false, duration::zero(), why);
                            });
}

void broker_consumer::extend(const delivery& d) {
  broker_.world_.net().send(host_, *broker_.host_,
                            [&b = broker_, g = group_, d] { b.touch(g, d); });
}

struct sim_broker::answer {
  work_list waiting;
  bool arrived = false;
  bool timed_out = false;
};

task<result<>> sim_broker::publish(sim::host& from, message m) {
  const auto to = std::make_shared<answer>();
  runtime& rt = from.rt();
  sim::host& sender = from;
  const auto request = [this, &sender, to, sent = std::move(m)] { take(sent, sender, to); };
  if (!world_.net().send(sender, *host_, request)) {
    co_await yield(rt);  // who tries again at once must be seen to spin
    co_return errc::unavailable;
  }
  timer patience{rt};
  patience.call_in(options_.answer_within, [a = to.get()] {
    a->timed_out = true;
    wake_all(a->waiting);
  });
  while (!to->arrived && !to->timed_out) co_await wait_or_throw(to->waiting, rt, "broker's answer");
  if (!to->arrived) co_return errc::outcome_unknown;
  co_return result<>{};
}

void sim_broker::take(const message& m, sim::host& from, const std::shared_ptr<answer>& to) {
  const auto confirm = [this, &from, to] {
    world_.net().send(*host_, from, [to] {
      to->arrived = true;
      wake_all(to->waiting);
    });
  };
  if (!options_.promises.confirms_late) confirm();
  if (!options_.promises.dedupes || ids_.insert(m.id).second) {
    log_.push_back(m);
    for (auto& [name, g] : groups_) g.slots.resize(log_.size());
    sync_later();
    for (auto& [name, g] : groups_) pump(g);
  }
  if (options_.promises.confirms_late) confirm();
}

}  // namespace ensue::testing
