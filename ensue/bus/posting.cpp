#include <ensue/async/errors.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/bus/posting.hpp>

#include <memory>

namespace ensue::detail {
namespace {

task<> refused(error_code ec) {
  throw system_error(ec, "post");
  co_return;
}

// Waits until `blocked` may have room; throws when the publisher was cancelled or has waited for
// as long as that subscription lets it since `began`. Whoever waits behind goes on then.
task<> wait_for_room(dispatcher& d, const record& r, subscription_state& blocked,
                     time_point began) {
  const time_point until = saturating_add(began, blocked.settings().wait_max);
  const wait_status end =
      co_await timed_wait(blocked.room_waiters(), d.rt(), blocked.name().c_str(), until);
  if (end == wait_status::ready) co_return;
  d.pass_on_room(r, nullptr);
  if (end == wait_status::cancelled) throw_cancelled();
  d.count_refused(r, &blocked);
  throw system_error(errc::timed_out, "waiting for room in a subscription's queue");
}

// Tries before it waits: there may be room by now, the task need not be awaited at once.
//
// The locals hold what the parameters brought: g++ 12 destroys parameters in the order they were
// made, and the event must go before the dispatcher that owns its block.
task<> post_when_room(std::shared_ptr<dispatcher> engine, record_ref posted) {
  const std::shared_ptr<dispatcher> d = std::move(engine);
  const record_ref r = std::move(posted);
  const time_point began = d->rt().now();
  for (bool waited = false;; waited = true) {
    subscription_state* blocked = nullptr;
    const error_code ec = d->accept(*r.get(), &blocked);
    if (!ec) co_return;
    if (waited) d->pass_on_room(*r.get(), blocked);
    if (!blocked) throw system_error(ec, "post");
    co_await wait_for_room(*d, *r.get(), *blocked, began);
  }
}

// What a route could not take is the publisher's failure.
task<> post_to_route(std::shared_ptr<dispatcher> engine, record_ref posted) {
  const std::shared_ptr<dispatcher> d = std::move(engine);
  const record_ref r = std::move(posted);
  followed waiting{d->rt()};
  r->waiting = &*waiting;
  const time_point began = d->rt().now();
  for (subscription_state* blocked = nullptr;; blocked = nullptr) {
    const error_code ec = d->accept(*r.get(), &blocked);
    if (!ec) break;
    if (!blocked) throw system_error(ec, "post");
    co_await wait_for_room(*d, *r.get(), *blocked, began);
  }
  while (!waiting->settled()) {
    if (co_await wait_in(waiting->waiters(), d->rt(), "post: the route") == wait_status::cancelled)
      throw_cancelled();
  }
  if (!waiting->failures().empty()) std::rethrow_exception(waiting->failures().front().error);
  if (waiting->lost()) throw system_error(errc::closed, "post");
}

}  // namespace

posted post(dispatcher& d, record_ref r) {
  if (d.routed(*r.get())) [[unlikely]]
    return posted{post_to_route(d.shared_from_this(), std::move(r))};
  subscription_state* blocked = nullptr;
  const error_code ec = d.accept(*r.get(), &blocked);
  if (!ec) return {};
  if (!blocked) return posted{refused(ec)};
  return posted{post_when_room(d.shared_from_this(), std::move(r))};
}

task<publish_result> publish(std::shared_ptr<dispatcher> engine, record_ref posted,
                             const collector* collecting) {
  const std::shared_ptr<dispatcher> d = std::move(engine);
  const record_ref r = std::move(posted);
  runtime& rt = d->rt();
  const time_point began = rt.now();
  while (subscription_state* blocked = d->blocked_worker(*r.get()))
    co_await wait_for_room(*d, *r.get(), *blocked, began);
  if (const error_code ec = d->refuses(*r.get())) throw system_error(ec, "publish");

  publication waiting{rt};
  if (collecting) {
    waiting.result_type = collecting->type;
    waiting.add_result = collecting->add;
    waiting.results = collecting->results;
  }
  const waits_for link{*r.get(), waiting};
  const emit_result now = d->emit_record(*r.get());
  while (!waiting.settled()) {
    if (co_await wait_in(waiting.waiters(), rt, "publish: handlers") == wait_status::cancelled)
      throw_cancelled();
  }
  co_return publish_result{now.delivered, std::move(waiting.failures())};
}

task<publish_result> deliver(std::shared_ptr<dispatcher> engine, record_ref posted,
                             std::vector<std::string> into) {
  const std::shared_ptr<dispatcher> d = std::move(engine);
  const record_ref r = std::move(posted);
  const time_point began = d->rt().now();
  publication waiting{d->rt()};
  const waits_for link{*r.get(), waiting};
  for (subscription_state* blocked = nullptr;; blocked = nullptr) {
    const error_code ec =
        into.empty() ? d->accept(*r.get(), &blocked) : d->accept_into(*r.get(), &blocked, into);
    if (!ec || ec == errc::not_found) break;
    if (!blocked) throw system_error(ec, "deliver");
    co_await wait_for_room(*d, *r.get(), *blocked, began);
  }
  while (!waiting.settled()) {
    if (co_await wait_in(waiting.waiters(), d->rt(), "deliver: handlers") == wait_status::cancelled)
      throw_cancelled();
  }
  co_return publish_result{0, std::move(waiting.failures())};
}

}  // namespace ensue::detail
