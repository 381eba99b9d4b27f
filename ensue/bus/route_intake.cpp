#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/bus/posting.hpp>
#include <ensue/bus/route_intake.hpp>
#include <ensue/event/cloud_envelope.hpp>

#include <utility>

namespace ensue {
namespace {

using kind = settlement::kind;

bool was_before(const delivery& d) noexcept { return d.attempt > 1 || d.maybe_again; }

}  // namespace

route::intake::intake(bus& b, transport& from, const route_options& o, std::string name,
                      std::vector<std::string> types, std::unique_ptr<consumer> member)
    : engine_{b.engine().shared_from_this()},
      from_{from},
      options_{o},
      rt_{b.rt()},
      types_{std::move(types)},
      member_{std::move(member)},
      counts_{.group = std::move(name)},
      work_{rt_, {.name = "route " + counts_.group, .children_max = o.prefetch + 1}} {}

route::intake::~intake() = default;

void route::intake::start() { work_.spawn("consumer of " + counts_.group, consume(*this)); }

task<> route::intake::consume(intake& self) {
  for (;;) {
    auto d = co_await self.member_->next();
    if (!d) {
      if (d.error().code != errc::closed) {
        const log_field fields[] = {{"group", std::string_view{self.counts_.group}},
                                    {"error", std::string_view{d.error().text()}}};
        self.rt_.log().write(log_level::error, "a consumer has ended", fields);
      }
      co_return;
    }
    ++self.counts_.received;
    self.counts_.again += was_before(*d);
    ++self.counts_.at_work;
    self.work_.spawn("delivery", handle(self, std::move(*d)));
  }
}

task<> route::intake::handle(intake& self, delivery taken) {
  const delivery d = std::move(taken);
  struct leave {
    intake& self;
    ~leave() {
      if (--self.counts_.at_work == 0) wake_all(self.idle_);
    }
  } const at_end{self};
  settlement how = co_await fate(self, d);
  co_await settle(self, d, std::move(how));
}

// What becomes of a delivery, when its handlers are done.
task<settlement> route::intake::fate(intake& self, const delivery& d) {
  if (!is_json(d.event.content_type))
    co_return self.unreadable(d, "content type " + d.event.content_type);
  auto made = detail::named_record(*self.engine_, d.event.type, d.event.data, version_of(d.event));
  if (!made) co_return self.unreadable(d, made.error().text());
  record_ref r = std::move(*made);
  if (!r->story) r->story = std::make_unique<lineage>();
  r->story->env = envelope_of(d.event, {self.rt_.now(), self.rt_.wall_now()});
  r->depth = r->story->env.depth;
  followed waiting{self.rt_};
  r->waiting = &*waiting;
  if (const error_code ec = co_await accepted(self, *r.get())) {
    if (ec == errc::not_found) {
      ++self.counts_.unwanted;
      co_return settlement{};
    }
    co_return settlement{.what = kind::retry_later, .wait = self.options_.retry_after};
  }
  r = {};
  co_await settled(self, d, *waiting);
  co_return self.verdict(*waiting);
}

// Waits for room in the queues of the group's subscriptions here.
task<error_code> route::intake::accepted(intake& self, record& r) {
  for (;;) {
    subscription_state* blocked = nullptr;
    const error_code ec = self.engine_->accept_into(r, &blocked, {&self.counts_.group, 1});
    if (!ec || !blocked) co_return ec;
    if (co_await wait_in(blocked->room_waiters(), self.rt_, "route: room in a queue") ==
        wait_status::cancelled) {
      self.engine_->pass_on_room(r, nullptr);
      throw_cancelled();
    }
  }
}

// Extends the lease each time that half of it is over.
task<> route::intake::settled(intake& self, const delivery& d, publication& p) {
  const duration half = self.options_.lease / 2;
  time_point extend_at = saturating_add(self.rt_.now(), half);
  while (!p.settled()) {
    switch (co_await timed_wait(p.waiters(), self.rt_, "route: the handlers", extend_at)) {
      case wait_status::ready: break;
      case wait_status::cancelled: throw_cancelled();
      case wait_status::closed:
        if (self.from_.features().extends) (void)co_await self.member_->extend(d.token);
        extend_at = saturating_add(self.rt_.now(), half);
    }
  }
}

settlement route::intake::verdict(publication& p) {
  if (p.lost()) return {.what = kind::retry_later, .wait = options_.retry_after};
  if (p.failures().empty()) return {};
  if (engine_->letters()) return {};  // it is kept there
  return {.what = kind::dead, .reason = describe(p.failures().front().error)};
}

settlement route::intake::unreadable(const delivery& d, const std::string& why) {
  ++counts_.unreadable;
  note("an event cannot be read", d, why);
  if (options_.on_unreadable == route_options::unreadable::ignore) return {};
  return {.what = kind::dead, .reason = "cannot be read: " + why};
}

task<> route::intake::settle(intake& self, const delivery& d, settlement how) {
  const kind what = how.what;
  const auto done = co_await self.member_->settle(d.token, std::move(how));
  if (!done) {
    self.counts_.late += done.error() == errc::expired;
    self.note("a delivery could not be settled", d, done.error().message());
    co_return;
  }
  self.counts_.acked += what == kind::ack;
  self.counts_.retried += what == kind::retry_later;
  self.counts_.dead += what == kind::dead;
}

void route::intake::note(std::string_view what, const delivery& d, std::string_view why) {
  const log_field fields[] = {{"group", std::string_view{counts_.group}},
                              {"event", std::string_view{d.event.type}},
                              {"id", std::string_view{d.event.id}},
                              {"why", why}};
  rt_.log().write(log_level::warning, what, fields);
}

task<> route::intake::drained(intake& self) {
  while (self.counts_.at_work != 0) {
    const wait_status end = co_await wait_in(self.idle_, self.rt_, "route: deliveries at work");
    if (end == wait_status::cancelled) throw_cancelled();
  }
}

task<> route::intake::end(intake& self) {
  self.work_.cancel();
  try {
    co_await self.work_.join();
  } catch (...) {
    // The children's cancellation; their deliveries come again.
  }
}

}  // namespace ensue
