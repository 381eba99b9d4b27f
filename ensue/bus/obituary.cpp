#include <ensue/async/errors.hpp>
#include <ensue/bus/event_ref.hpp>
#include <ensue/bus/obituary.hpp>
#include <ensue/bus/policy_events.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace ensue {
namespace {

std::vector<dead_attempt> attempts_of(const retry_state* tries, const std::exception_ptr& last,
                                      wall_time now) {
  std::vector<dead_attempt> all;
  if (tries)
    for (const failed_attempt& a : tries->history())
      all.push_back(
          {.number = a.number, .started = a.wall - a.took, .took = a.took, .error = a.error});
  if (all.empty())
    all.push_back({.number = 1, .started = now, .took = {}, .error = describe(last)});
  return all;
}

void write_payload(dead_letter& letter, const event_ref& event, bool known) {
  letter.event = event.name();
  letter.version = event.version();
  letter.content_type = "application/json";
  letter.payload = event.json();
  if (!letter.payload.empty()) return;
  letter.content_type = "application/octet-stream";
  letter.detail += known ? " Its payload could not be written as JSON: it cannot be posted again."
                         : " Its type is not in the bus's registry: it cannot be posted again.";
}

}  // namespace

dead_letter letter_about(subscription_state& s, record& r, const retry_state* tries,
                         death_reason why, const std::exception_ptr& last) {
  dispatcher& d = s.engine();
  runtime& rt = d.rt();
  frame at;
  at.rec = &r;
  at.type = r.type;
  at.event = r.payload();
  d.identify(at);
  dead_letter letter;
  letter.detail = describe(last) + ".";
  write_payload(letter, {*r.type, r.payload(), d.options().registry},
                d.options().registry != nullptr);
  set_envelope(letter, r.story->env, rt.now(), rt.wall_now());
  if (letter.source.empty()) letter.source = d.options().source;
  letter.subscription = s.name();
  letter.component = s.settings().component;
  letter.reason = why;
  letter.attempts = attempts_of(tries, last, rt.wall_now());
  return letter;
}

void announce(dispatcher& d, const std::function<void(const dead_letter&)>& on_failure,
              const dead_letter& letter) noexcept {
  try {
    if (on_failure) on_failure(letter);
  } catch (...) {
    const std::string what = describe(std::current_exception());
    const log_field fields[] = {{"handler", std::string_view{letter.subscription}},
                                {"error", std::string_view{what}}};
    d.rt().log().write(log_level::error, "on_failure failed", fields);
  }
  if (letter.event == event_name<event_dead>()) return;
  const event_dead e{letter.subscription,
                     letter.event,
                     letter.event_id.text(),
                     letter.id.nil() ? "" : letter.id.text(),
                     boost::describe::enum_to_string(letter.reason, "?"),
                     letter.attempts.empty() ? "" : letter.attempts.back().error,
                     letter.attempts.empty() ? 0 : letter.attempts.back().number};
  (void)d.emit(type_id<event_dead>(), event_type<event_dead>(), &e);
}

task<bool> keep_letter(std::shared_ptr<dispatcher> keep, dead_letters* store, dead_letter& letter) {
  const std::shared_ptr<dispatcher> d = std::move(keep);
  if (!store) co_return true;
  auto kept = co_await store->add(letter);
  if (!kept && kept.error() == errc::full && d->forgets_letters(*store)) {
    dead_letter_filter oldest;
    oldest.id = store->list({}, 1).front()->id;
    co_await store->purge(oldest);
    kept = co_await store->add(letter);
  }
  if (kept) {
    letter.id = *kept;
    co_return true;
  }
  const std::string why = kept.error().message();
  const log_field fields[] = {{"handler", std::string_view{letter.subscription}},
                              {"event", std::string_view{letter.event}},
                              {"error", std::string_view{why}}};
  d->rt().log().write(log_level::error, "a dead letter could not be kept", fields);
  co_return false;
}

namespace {

struct burial {
  std::shared_ptr<dispatcher> engine;
  dead_letters* store;
  dead_letter letter;
  std::function<void(const dead_letter&)> on_failure;
};

// The burial is owned by the completion handler, so it outlives the coroutine's whole machinery.
task<> carry_out(burial& b) {
  co_await keep_letter(b.engine, b.store, b.letter);
  announce(*b.engine, b.on_failure, b.letter);
}

}  // namespace

void bury(subscription_state& s, record& r, const std::exception_ptr& error) {
  dispatcher& d = s.engine();
  dead_letters* const store = d.letters_for(s);
  if (!store && !s.policy().on_failure) return;
  auto mine = std::make_shared<burial>(
      burial{d.shared_from_this(), store,
             letter_about(s, r, nullptr, death_reason::exhausted, error), s.policy().on_failure});
  d.add_pending(1);
  burial& b = *mine;
  boost::asio::co_spawn(
      d.rt().executor(), carry_out(b),
      [mine = std::move(mine)](std::exception_ptr) { mine->engine->sub_pending(1); });
}

}  // namespace ensue
