#include <ensue/async/deadline.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/flow/group_core.hpp>

#include <algorithm>

namespace ensue::detail {
namespace {

// The mixer of splitmix64 (Steele, Lea, Flood 2014).
std::uint64_t mix(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

struct owner_link {
  job* work;
  bool cancelled = false;
  static void cancel(void* self) noexcept {
    auto& link = *static_cast<owner_link*>(self);
    link.cancelled = true;
    link.work->cancel();
  }
};

}  // namespace

// One event at a member; counts it however it ends.
class group_core::at_work {
 public:
  at_work(group_core& g, std::shared_ptr<member> m) : group_{g}, member_{std::move(m)} {
    member_->turn = ++g.turns_;
    ++member_->counts.begun;
    ++member_->counts.running;
    member_->runs.push_back(&run_);
  }
  at_work(const at_work&) = delete;
  at_work& operator=(const at_work&) = delete;
  ~at_work() {
    std::erase(member_->runs, &run_);
    --member_->counts.running;
    ++(member_->counts.*end_);
    const auto at = std::find(group_.going_.begin(), group_.going_.end(), member_);
    if (at != group_.going_.end() && member_->runs.empty()) group_.going_.erase(at);
    if (!group_.rt_.ending()) group_.changed();
  }

  void started(job& work) noexcept { run_.work = &work; }
  bool interrupted() const noexcept { return run_.interrupted; }
  void ends_as(std::uint64_t instance_counts::* end) noexcept { end_ = end; }

 private:
  group_core& group_;
  const std::shared_ptr<member> member_;
  run run_;
  std::uint64_t instance_counts::* end_ = &instance_counts::stopped;
};

group_core::group_core(runtime& rt, std::string service, delivery_mode mode,
                       std::size_t members_max, lease* leads)
    : rt_{rt},
      service_{std::move(service)},
      mode_{mode},
      members_max_{members_max},
      lease_{leads} {}

void group_core::take_from(subscription s, duration timeout) {
  events_ = std::move(s);
  timeout_ = timeout;
  events_.set_concurrency(0);
  if (!lease_) return;
  lease_->on_change([weak = weak_from_this()](const lease_change& c) {
    if (const auto self = weak.lock()) self->lease_changed(c.held);
  });
}

void group_core::close() {
  closed_ = true;
  events_.end();
  for (const auto& m : members_) m->own.end();
  members_.clear();
  leader_.reset();
  wake_all(waiting_, wait_status::closed);
}

result<std::shared_ptr<group_core::member>> group_core::join(member m) {
  if (closed_) return errc::closed;
  if (m.name.empty()) return errc::invalid;
  if (members_.size() >= members_max_) return errc::full;
  for (const auto& other : members_)
    if (other->name == m.name) return errc::exists;
  m.mark = key_mark(m.name);
  members_.push_back(std::make_shared<member>(std::move(m)));
  const auto joined = members_.back();
  changed();
  return joined;
}

void group_core::leave(const std::shared_ptr<member>& m, bool interrupt_it) {
  m->own.end();
  if (std::erase(members_, m) > 0 && !m->runs.empty()) going_.push_back(m);
  if (leader_ == m) leader_.reset();
  if (interrupt_it) interrupt(*m);
  changed();
}

void group_core::interrupt(member& m) noexcept {
  const auto all = m.runs;  // one that is cancelled may end at once
  for (run* r : all) {
    r->interrupted = true;
    if (r->work) r->work->cancel();
  }
}

void group_core::lease_changed(bool held) {
  if (!held && leader_) interrupt(*leader_);
  changed();
}

// The one who is longest there; not before the one before has put down its last event.
void group_core::elect() {
  if (mode_ != delivery_mode::singleton || leader_ || members_.empty() || !going_.empty()) return;
  leader_ = members_.front();
  ++terms_;
}

// So many events are taken from the queue as there are places. (No more: an event is given to an
// instance when that is free, and stays in the queue until then.)
void group_core::changed() {
  elect();
  unsigned most = 0;
  if (leads())
    for (const auto& m : members_)
      if (mode_ == delivery_mode::pool || m == leader_) most += m->concurrency;
  for (const auto& m : going_) most += static_cast<unsigned>(m->runs.size());
  events_.set_concurrency(most);
  wake_all(waiting_);
}

bool group_core::has_room(const member& m) const noexcept { return m.runs.size() < m.concurrency; }

// Highest random weight (Thaler, Ravishankar 1998): who joins or leaves moves its own keys only.
std::shared_ptr<group_core::member> group_core::home_of(std::uint64_t key) const {
  const auto weight = [key](const auto& m) { return mix(m->mark ^ mix(key)); };
  return *std::max_element(members_.begin(), members_.end(),
                           [&](const auto& a, const auto& b) { return weight(a) < weight(b); });
}

std::shared_ptr<group_core::member> group_core::pick(std::optional<std::uint64_t> key) const {
  if (mode_ == delivery_mode::singleton)
    return leader_ && leads() && has_room(*leader_) ? leader_ : nullptr;
  if (members_.empty()) return nullptr;
  if (key)
    if (auto home = home_of(*key); has_room(*home)) return home;
  // Least loaded, then who has waited longest for an event.
  const auto& best = *std::min_element(members_.begin(), members_.end(), [](auto& a, auto& b) {
    const auto load_a = a->runs.size() * b->concurrency, load_b = b->runs.size() * a->concurrency;
    return load_a != load_b ? load_a < load_b : a->turn < b->turn;
  });
  return has_room(*best) ? best : nullptr;
}

task<> group_core::begin(member& m, const void* event, context& c, time_point end) const {
  const time_point last = std::min(end, saturating_add(rt_.now(), timeout_));
  if (timeout_ == duration::max()) return m.handle->start(event, c);
  c.set_attempt(c.attempt(), last);
  return with_deadline(rt_, last, m.handle->start(event, c));
}

task<> group_core::handle(std::shared_ptr<group_core> core, const void* event,
                          std::optional<std::uint64_t> key, context& c) {
  const std::shared_ptr<group_core> self = std::move(core);
  const time_point end = c.deadline();
  for (;;) {
    if (self->closed_) throw system_error{errc::closed, "service " + self->service_};
    const std::shared_ptr<member> m = self->pick(key);
    if (!m) {
      co_await wait_or_throw(self->waiting_, self->rt_, self->service_.c_str());
      continue;
    }
    at_work place{*self, m};
    owned_job<void> work{self->rt_, m->name, self->begin(*m, event, c, end)};
    place.started(*work);
    owner_link owner{&*work};
    work->start();
    if (!work->finished())
      co_await wait_firmly(work->waiters(), self->rt_, m->name.c_str(), &owner_link::cancel,
                           &owner);
    if (!work->error()) {
      place.ends_as(&instance_counts::handled);
      co_return;
    }
    if (place.interrupted() && !owner.cancelled) {
      place.ends_as(&instance_counts::moved);
      continue;
    }
    if (!owner.cancelled) place.ends_as(&instance_counts::failed);
    work->take();
  }
}

std::vector<std::string> group_core::names() const {
  std::vector<std::string> all;
  for (const auto& m : members_) all.push_back(m->name);
  return all;
}

std::string group_core::leader() const { return leader_ && leads() ? leader_->name : ""; }

std::uint64_t group_core::token() const noexcept { return lease_ ? lease_->token() : terms_; }

}  // namespace ensue::detail
