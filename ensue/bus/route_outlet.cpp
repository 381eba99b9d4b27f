// The way out: an event becomes a CloudEvent, and is published until it is accepted.
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/bus/names.hpp>
#include <ensue/bus/route_outlet.hpp>
#include <ensue/event/cloud_envelope.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

constexpr backoff between_tries{.base = std::chrono::milliseconds{20},
                                .cap = std::chrono::seconds{2},
                                .jitter_min = 0,
                                .jitter_max = 1};

bool worth_another_try(const error_code& ec) {
  return ec == errc::unavailable || ec == errc::outcome_unknown || ec == errc::full ||
         ec == errc::timed_out;
}

}  // namespace

subscription route::outlet::subscribe(bus& b, const std::string& pattern) {
  auto send_one = [self = shared_from_this()](const event_ref& e, context& c) -> task<> {
    return send(self, e, c);
  };
  subscription_settings settings;
  settings.name = to_.url() + " " + pattern;
  settings.pattern = pattern;
  settings.capacity = options_.capacity;
  settings.concurrency = static_cast<unsigned>(std::min<std::size_t>(options_.capacity, 256));
  settings.outlet = true;
  settings.local_first = to_.features().skips_own;
  return subscription{b.engine().add(event_type<event_ref>(),
                                     std::make_unique<detail::named_handler<decltype(send_one)>>(
                                         std::move(send_one), nullptr, ensue::key_of<event_ref>{}),
                                     std::move(settings))};
}

std::string route::outlet::key_of(const event_ref& e, const envelope& env) const {
  if (!env.details().key.empty() || !options_.key) return env.details().key;
  return options_.key(e);
}

cloud_event route::outlet::made_of(const event_ref& e, context& c) const {
  c.event_id();
  const envelope& env = c.meta();
  std::string data = e.json();
  if (data.empty())
    throw system_error(errc::invalid, "event " + std::string{e.name()} + " leaves by " + to_.url() +
                                          ": its type is not in the bus's registry");
  cloud_event out = to_cloud_event(env, std::string{e.name()}, e.version(), std::move(data),
                                   c.engine().options().source, {rt_.now(), rt_.wall_now()});
  if (std::string key = key_of(e, env); !key.empty())
    out.set_extension("partitionkey", std::move(key));
  return out;
}

// The id stays the same from try to try, so that dedupe knows a copy where the outcome of the
// first was not known.
task<> route::outlet::send(std::shared_ptr<outlet> kept, const event_ref& e, context& c) {
  if (!effects_allowed(c)) co_return;
  const std::shared_ptr<outlet> self = std::move(kept);
  runtime& rt = self->rt_;
  const cloud_event out = self->made_of(e, c);
  const time_point until =
      std::min(saturating_add(rt.now(), self->options_.publish_within), c.deadline());
  for (unsigned failed = 1;; ++failed) {
    std::vector<cloud_event> one{out};
    const std::vector<error_code> answers = co_await self->to_.publish(std::move(one));
    const error_code ec = answers.at(0);
    if (!ec) co_return;
    const duration wait = between_tries.after(failed, self->random_);
    if (!worth_another_try(ec) || saturating_add(rt.now(), wait) >= until)
      throw system_error(ec, "publishing " + out.type + " to " + self->to_.url());
    co_await sleep_for(rt, wait);
  }
}

}  // namespace ensue
