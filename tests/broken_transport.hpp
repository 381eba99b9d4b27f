#pragma once

#include <ensue/async/sleep.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/transport/transport.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

/// A transport with one defect, around a good one: what the conformance suite must find.
namespace ensue::cases {

enum class fault : std::uint8_t {
  none,
  drops,
  doubles,
  cuts_data,
  forgets_expiry,
  forgets_trace,
  accepts_all,
  answers_too_many,
  swaps,
  stores_copies,
  ignores_types,
  one_group,
  every_member_all,
  skips_own,
  ignores_keys,
  one_key,
  ack_does_nothing,
  acks_early,
  swallows_errors,
  unmarked,
  retry_is_ack,
  ignores_wait,
  ignores_prefetch,
  dead_is_retry,
  dead_is_ack,
  ignores_lease,
  extend_does_nothing,
  from_now,
  from_oldest,
  replay_ignores_options,
  replay_stops_consumers,
  replay_goes_on,
  tells_no_state,
  shows_password,
  never_closes,
  ignores_stop,
  mends_options,
  loses_on_cancel,
  stays_silent,
  claims_skips_own,
  claims_no_dedupe,
  claims_no_redelivery,
  claims_no_extend,
  claims_no_old,
  claims_no_groups,
  claims_no_replay
};

/// What a restart of the server is to these transports: they refuse for a while.
struct outage {
  bool down = false;
  unsigned times = 0;
  std::set<class broken_transport*> connected{};
};

class broken_consumer final : public consumer {
 public:
  broken_consumer(runtime& rt, fault f, std::unique_ptr<consumer> c, std::shared_ptr<outage> o,
                  std::shared_ptr<std::set<std::string>> own)
      : rt_{rt}, fault_{f}, inner_{std::move(c)}, outage_{std::move(o)}, own_{std::move(own)} {}

  task<transport_result<delivery>> next() override {
    const unsigned restarts = outage_->times;
    for (;;) {
      auto d = co_await inner_->next();
      if (!d) co_return d;
      if (fault_ == fault::stays_silent && outage_->times != restarts)
        co_await sleep_for(rt_, std::chrono::hours{24});
      if (fault_ == fault::loses_on_cancel)
        for (int i = 0; i < 3; ++i) co_await yield(rt_);
      if (fault_ == fault::acks_early || skipped(*d)) {
        settlement s{};
        (void)co_await inner_->settle(d->token, std::move(s));
      }
      if (skipped(*d)) continue;
      restore(*d);
      co_return d;
    }
  }

  task<result<>> settle(std::uint64_t token, settlement how) override {
    using kind = settlement::kind;
    if (fault_ == fault::ack_does_nothing && how.what == kind::ack) co_return result<>{};
    if (fault_ == fault::retry_is_ack && how.what == kind::retry_later) how.what = kind::ack;
    if (fault_ == fault::dead_is_retry && how.what == kind::dead) how.what = kind::retry_later;
    if (fault_ == fault::dead_is_ack && how.what == kind::dead) how.what = kind::ack;
    if (fault_ == fault::ignores_wait) how.wait = {};
    const auto done = co_await inner_->settle(token, std::move(how));
    if (fault_ == fault::swallows_errors) co_return result<>{};
    co_return done;
  }

  task<result<>> extend(std::uint64_t token) override {
    if (fault_ == fault::extend_does_nothing) co_return result<>{};
    const auto done = co_await inner_->extend(token);
    co_return done;
  }

  void stop() override {
    if (fault_ != fault::ignores_stop) inner_->stop();
  }
  std::size_t unsettled() const noexcept override { return inner_->unsettled(); }

 private:
  bool skipped(const delivery& d) const {
    return fault_ == fault::skips_own && own_->contains(d.event.id);
  }
  void restore(delivery& d) const {
    const auto copy = d.event.id.find('#');
    if (copy != std::string::npos) d.event.id.resize(copy);
    if (fault_ == fault::unmarked) d.attempt = 1, d.maybe_again = false;
    for (auto& a : d.event.extensions)
      if (a.name == "waskey") a.name = "partitionkey";
    const auto keys = std::count_if(d.event.extensions.begin(), d.event.extensions.end(),
                                    [](const auto& a) { return a.name == "partitionkey"; });
    if (fault_ == fault::one_key && keys > 0)
      d.event.extensions.pop_back();  // the one that was put there
  }

  runtime& rt_;
  fault fault_;
  std::unique_ptr<consumer> inner_;
  std::shared_ptr<outage> outage_;
  std::shared_ptr<std::set<std::string>> own_;
};

class broken_transport final : public transport {
 public:
  broken_transport(runtime& rt, fault f, std::unique_ptr<transport> t, std::shared_ptr<outage> o)
      : rt_{rt},
        fault_{f},
        inner_{std::move(t)},
        outage_{std::move(o)},
        features_{inner_->features()} {
    using tf = transport_features;
    const auto claim = [&](fault when, bool tf::* flag, bool value) {
      if (f == when) features_.*flag = value;
    };
    claim(fault::claims_skips_own, &tf::skips_own, true);
    claim(fault::claims_no_dedupe, &tf::dedupes, false);
    claim(fault::claims_no_redelivery, &tf::redelivers, false);
    claim(fault::claims_no_extend, &tf::extends, false);
    claim(fault::claims_no_old, &tf::keeps_old, false);
    claim(fault::claims_no_groups, &tf::groups, false);
    claim(fault::claims_no_replay, &tf::replays, false);
    outage_->connected.insert(this);
  }
  ~broken_transport() override { outage_->connected.erase(this); }

  const transport_features& features() const noexcept override { return features_; }
  const std::string& url() const noexcept override {
    static const std::string open_secret = "broken://me:secret@host/";
    return fault_ == fault::shows_password ? open_secret : inner_->url();
  }
  task<transport_result<guarantee>> open() override { return inner_->open(); }
  transport_state state() const noexcept override {
    return outage_->down ? transport_state::connecting : inner_->state();
  }
  std::string why() const override { return inner_->why(); }
  void on_state(std::function<void(transport_state)> listener) override {
    if (fault_ == fault::tells_no_state) return;
    listener_ = listener;
    inner_->on_state(std::move(listener));
  }
  void tell() {
    if (listener_) listener_(state());
  }

  task<std::vector<error_code>> publish(std::vector<cloud_event> events) override {
    std::vector<error_code> answers(events.size());
    if (outage_->down) {
      std::fill(answers.begin(), answers.end(), make_error_code(errc::unavailable));
      co_return answers;
    }
    if (fault_ == fault::swaps && events.size() > 1) std::swap(events.front(), events.back());
    std::vector<std::size_t> places;
    std::vector<cloud_event> sent;
    for (std::size_t i = 0; i < events.size(); ++i)
      for (int copy = 0; copy < (fault_ == fault::doubles ? 2 : 1); ++copy) {
        if (fault_ == fault::drops && ++published_ % 7 == 3) continue;
        sent.push_back(events[i]);
        places.push_back(i);
        spoil(sent.back());
      }
    const auto given = co_await inner_->publish(std::move(sent));
    for (std::size_t i = 0; i < given.size(); ++i)
      answers[places[i]] = fault_ == fault::accepts_all ? error_code{} : given[i];
    if (fault_ == fault::answers_too_many) answers.emplace_back();
    co_return answers;
  }

  task<transport_result<std::unique_ptr<consumer>>> consume(consume_options o) override {
    adjust(o);
    auto made = co_await inner_->consume(std::move(o));
    if (!made) co_return made;
    members_.push_back(made->get());
    std::unique_ptr<consumer> dressed =
        std::make_unique<broken_consumer>(rt_, fault_, std::move(*made), outage_, own_);
    co_return dressed;
  }

  task<transport_result<std::size_t>> replay(replay_options o,
                                             std::function<task<>(const delivery&)> each) override {
    if (fault_ == fault::replay_ignores_options) o = replay_options{};
    if (fault_ == fault::replay_stops_consumers)
      for (consumer* const c : members_) c->stop();
    const bool goes_on = fault_ == fault::replay_goes_on;
    const auto read = [goes_on, each](const delivery& d) -> task<> {
      try {
        co_await each(d);
      } catch (const std::runtime_error&) {
        if (!goes_on) throw;
      }
    };
    const auto count = co_await inner_->replay(std::move(o), read);
    co_return count;
  }

  task<result<>> close(duration within) override {
    if (fault_ == fault::never_closes) co_return result<>{};
    const auto done = co_await inner_->close(within);
    co_return done;
  }

 private:
  void spoil(cloud_event& e) {
    const auto forget = [&e](std::string_view name) {
      std::erase_if(e.extensions, [&](const auto& a) { return a.name == name; });
    };
    own_->insert(e.id);
    if (fault_ == fault::cuts_data) e.data.resize(std::min(e.data.size(), e.data.find('\0')));
    if (fault_ == fault::forgets_expiry) forget("expirytime");
    if (fault_ == fault::forgets_trace) forget("traceparent");
    if (fault_ == fault::stores_copies || fault_ == fault::doubles)
      e.id += "#" + std::to_string(++copies());
    for (auto& a : e.extensions)
      if (a.name == "partitionkey" && (fault_ == fault::ignores_keys || fault_ == fault::one_key))
        a.name = "waskey";
    if (fault_ == fault::one_key) e.set_extension("partitionkey", "all");
  }
  void adjust(consume_options& o) {
    if (fault_ == fault::ignores_types) o.types.clear();
    if (fault_ == fault::one_group) o.group = "the one";
    if (fault_ == fault::every_member_all) o.group += std::to_string(++copies());
    if (fault_ == fault::ignores_prefetch) o.prefetch = 1000;
    if (fault_ == fault::ignores_lease) o.lease = std::chrono::hours{24};
    if (fault_ == fault::from_now) o.from_oldest = false;
    if (fault_ == fault::from_oldest) o.from_oldest = true;
    if (fault_ == fault::mends_options) o = {.group = "mended"};
  }
  // Shared by all of one world: the names of copies differ.
  unsigned& copies() const noexcept { return outage_->times; }

  runtime& rt_;
  fault fault_;
  std::unique_ptr<transport> inner_;
  std::shared_ptr<outage> outage_;
  transport_features features_;
  std::function<void(transport_state)> listener_;
  std::vector<consumer*> members_;
  std::shared_ptr<std::set<std::string>> own_ = std::make_shared<std::set<std::string>>();
  unsigned published_ = 0;
};

/// The server is away for 50 ms.
inline task<> restart(runtime& rt, std::shared_ptr<outage> o) {
  o->down = true;
  for (broken_transport* const t : o->connected) t->tell();
  co_await sleep_for(rt, std::chrono::milliseconds{50});
  o->down = false;
  ++o->times;
  for (broken_transport* const t : o->connected) t->tell();
}

}  // namespace ensue::cases
