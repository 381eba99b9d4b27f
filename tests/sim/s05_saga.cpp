#include "scenarios.hpp"
#include <ensue/async/sleep.hpp>
#include <ensue/event/registry.hpp>
#include <ensue/flow/saga_history.hpp>
#include <ensue/flow/sagas.hpp>
#include <ensue/sim/world.hpp>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tests/fulfilment.hpp>

// S-05: every started saga ends completed, compensated or parked, and nothing stays half done: a
// service that crashes at any moment, with a log that takes its time, fed with events that are
// doubled, reordered, late or missing.
namespace ensue::scenarios {
namespace {

using namespace fulfilment;

/// What the world outside has done for one order. It survives every crash of the service.
struct order_book {
  int charged = 0, refunded = 0, reserved = 0, released = 0, started = 0;
};

/// An event on its way to the service, until the service has handled it.
struct letter {
  std::string type;
  std::string text;
  uuid id;
  time_point not_before{};
};

struct outside {
  sim::world& w;
  std::string bug;
  random_stream draw = w.random("outside");
  bool chaos = true;
  memory_record_store disk{};
  std::set<uuid> recorded{};  // ids of effects that are on the disk
  std::set<uuid> obeyed{};
  std::map<std::string, order_book> orders{};
  std::vector<letter> mail{};
  std::set<std::string> answered_paid{}, answered_stock{};

  void keep(const std::string& record) {
    if (const auto r = parse_saga_record(record))
      for (const saga_effect& e : r->effects) recorded.insert(e.id);
  }

  template <class E>
  void send(const E& e, duration after) {
    letter l;
    l.type = event_name<E>();
    l.text = encode_json(e).value();
    l.id = derived_id(l.type + e.order + std::to_string(mail.size()));
    l.not_before = saturating_add(w.now(), after);
    mail.push_back(l);
    if (chaos && draw.chance(200)) mail.push_back(l);  // the same event twice
  }
  duration delay() {
    if (draw.chance(100)) return std::chrono::minutes{20 + draw.below(60)};
    return std::chrono::milliseconds{draw.below(2000)};
  }
};

/// A log on a disk that takes its time before and after it is safe.
class slow_log final : public record_store {
 public:
  slow_log(runtime& rt, outside& o) : rt_{rt}, out_{o}, draw_{rt.random("slow log")} {}
  task<result<>> load(each f) override { return out_.disk.load(std::move(f)); }
  task<result<>> append(std::string record) override { return write(*this, std::move(record)); }
  task<result<>> compact(std::vector<std::string> r) override {
    return out_.disk.compact(std::move(r));
  }
  std::size_t size() const noexcept override { return out_.disk.size(); }

 private:
  static task<result<>> write(slow_log& l, std::string record) {
    outside& o = l.out_;
    if (o.chaos && l.draw_.chance(50)) co_return make_error_code(errc::full);
    if (o.bug == "ack_first") {  // says it is safe before it is
      l.unsafe_.push_back(std::move(record));
      if (l.unsafe_.size() > 2) co_await settle(l);
      co_return result<>{};
    }
    co_await sleep_for(l.rt_, std::chrono::microseconds{l.draw_.below(900)});
    o.keep(record);
    const result<> done = co_await o.disk.append(std::move(record));
    co_await sleep_for(l.rt_, std::chrono::microseconds{l.draw_.below(900)});
    co_return done;
  }
  static task<> settle(slow_log& l) {
    std::string oldest = std::move(l.unsafe_.front());
    l.unsafe_.pop_front();
    l.out_.keep(oldest);
    (void)co_await l.out_.disk.append(std::move(oldest));
  }

  runtime& rt_;
  outside& out_;
  random_stream draw_;
  std::deque<std::string> unsafe_;
};

/// The naive saga: in memory, and started by whatever comes.
struct naive_saga {
  bus& b;
  std::map<std::string, std::set<std::string>> pending{};
  template <class E>
  void on(const E& e) {
    auto& state = pending[e.order];
    state.insert(std::string{event_name<E>()});
    if (state.size() < 2) return;
    pending.erase(e.order);
    (void)b.try_post<fulfilment_started>(e.order);
  }
};

/// One life of the service.
struct service {
  service(runtime& rt, outside& o)
      : out{o}, log{rt, o}, all{make_bus(rt), log, {.remember_ended = std::chrono::hours{1000}}} {
    all.add(fulfilment::definition());
  }
  bus& make_bus(runtime& rt) {
    events = std::make_unique<bus>(rt, bus_options{.registry = &registry});
    (void)registry.add<order_placed>();
    (void)registry.add<payment_processed>();
    (void)registry.add<payment_failed>();
    (void)registry.add<inventory_reserved>();
    (void)registry.add<parcel_sent>();
    (void)registry.add<payment_refunded>();
    return *events;
  }

  bool obeys(context& c) {
    const bool naive = out.bug == "naive_saga";
    out.w.require(naive || out.recorded.contains(c.event_id()), "an effect before its record");
    return out.obeyed.insert(c.event_id()).second || out.bug == "no_ids";
  }
  void listen();

  outside& out;
  event_registry registry;
  std::unique_ptr<bus> events;
  slow_log log;
  sagas all;
  std::vector<subscription> hands;
  std::unique_ptr<naive_saga> old;
};

void service::listen() {
  bus& b = *events;
  outside& o = out;
  hands.push_back(b.subscribe<charge_card>([this, &o](const charge_card& e, context& c) {
    if (!obeys(c)) return;
    ++o.orders[e.order].charged;
    if (o.draw.chance(250)) return o.send(payment_failed{e.order, "declined"}, o.delay());
    o.answered_paid.insert(e.order);
    o.send(payment_processed{e.order, "p-" + e.order}, o.delay());
  }));
  hands.push_back(b.subscribe<reserve_stock>([this, &o](const reserve_stock& e, context& c) {
    if (!obeys(c)) return;
    ++o.orders[e.order].reserved;
    o.answered_stock.insert(e.order);
    o.send(inventory_reserved{e.order}, o.delay());
  }));
  hands.push_back(b.subscribe<fulfilment_started>([this, &o](const auto& e, context& c) {
    if (!obeys(c)) return;
    ++o.orders[e.order].started;
    if (!o.draw.chance(200)) o.send(parcel_sent{e.order}, o.delay());
  }));
  hands.push_back(b.subscribe<refund_payment>([this, &o](const auto& e, context& c) {
    if (!obeys(c)) return;
    ++o.orders[e.order].refunded;
    if (!o.draw.chance(200)) o.send(payment_refunded{e.order}, o.delay() / 10);
  }));
  hands.push_back(b.subscribe<release_stock>([this, &o](const auto& e, context& c) {
    if (obeys(c)) ++o.orders[e.order].released;
  }));
}

// Delivers the mail in any order, each letter until it was handled.
task<> postman(service& s) {
  outside& o = s.out;
  runtime& rt = s.events->rt();
  bool busy = true;
  for (;;) {
    const std::uint64_t pause = busy ? 1 + o.draw.below(400) : 60'000;
    co_await sleep_for(rt, std::chrono::milliseconds{pause});
    std::vector<std::size_t> due;
    for (std::size_t i = 0; i < o.mail.size(); ++i)
      if (!o.mail[i].id.nil() && o.mail[i].not_before <= o.w.now()) due.push_back(i);
    busy = !due.empty();
    if (!busy) continue;
    const std::size_t i = due[o.draw.below(due.size())];
    const letter l = o.mail[i];
    auto r = detail::named_record(s.events->engine(), l.type, l.text, 1);
    record_ref rec = std::move(*r);
    rec->story = std::make_unique<lineage>();
    rec->story->env.id = l.id;
    const publish_result done =
        co_await detail::publish(s.events->engine().shared_from_this(), std::move(rec), nullptr);
    if (done.ok() && !(o.chaos && o.draw.chance(100))) o.mail[i].id = {};
  }
}

task<> live(std::shared_ptr<service> s) {
  s->listen();
  if (s->out.bug == "naive_saga") {
    s->old = std::make_unique<naive_saga>(*s->events);
    naive_saga& old = *s->old;
    s->hands.push_back(s->events->subscribe<order_placed>([s = s.get()](const order_placed& e) {
      (void)s->events->try_post<charge_card>(e.order, e.cents);
      (void)s->events->try_post<reserve_stock>(e.order);
    }));
    s->hands.push_back(
        s->events->subscribe<payment_processed>([&old](const auto& e) { old.on(e); }));
    s->hands.push_back(
        s->events->subscribe<inventory_reserved>([&old](const auto& e) { old.on(e); }));
  } else {
    co_await s->all.start();
  }
  co_await postman(*s);
}

void check_order(const outside& o, const std::string& key, const saga_record& r) {
  sim::world& w = o.w;
  const order_book& did = o.orders.at(key);
  const std::string who = "order " + key + ' ' + std::string{enum_name(r.phase)} + ": ";
  w.require(r.phase != saga_phase::live && r.phase != saga_phase::undoing, who + "never ended");
  w.require(did.charged == 1 && did.reserved == 1, who + "charged or reserved more than once");
  w.require(did.refunded <= 1 && did.released <= 1, who + "undone more than once");
  if (r.phase == saga_phase::completed)
    w.require(did.started == 1 && did.refunded == 0 && did.released == 0, who + "half undone");
  if (r.phase == saga_phase::compensated) {
    w.require(did.refunded == static_cast<int>(o.answered_paid.count(key)), who + "money kept");
    w.require(did.released == static_cast<int>(o.answered_stock.count(key)), who + "stock kept");
  }
  if (r.phase == saga_phase::parked) w.require(r.reason && !r.reason->empty(), who + "no reason");
}

void check(const outside& o, const service& s) {
  if (s.old) {
    o.w.require(s.old->pending.empty(), "a saga is stuck: it waits for what has come already");
    for (const auto& [key, did] : o.orders)
      o.w.require(did.started == 1 || !o.answered_paid.contains(key), "a saga was forgotten");
    return;
  }
  const saga_account n = s.all.account();
  o.w.require(n.balanced() && n.live == 0, "the account: " + n.text());
  for (const auto& [key, did] : o.orders) {
    const auto r = s.all.find("fulfilment", key);
    o.w.require(r.has_value(), "order " + key + " was lost");
    check_order(o, key, *r);
  }
}

void play(sim::world& w, const std::string& bug) {
  const auto o = std::make_shared<outside>(outside{w, bug});
  const ends_first before_the_outside{w};
  for (const char* key : {"a", "b", "c"}) {
    o->orders[key];
    o->send(order_placed{key, 100}, std::chrono::milliseconds{o->draw.below(5000)});
  }
  std::weak_ptr<service> now;
  sim::host& shop = w.host("shop", [&](sim::host& h) {
    auto s = std::make_shared<service>(h.rt(), *o);
    now = s;
    h.keep(s);
    h.spawn_background("service", live(s));
  });
  random_stream when = w.random("crashes");
  for (std::uint64_t i = when.below(8); i > 0; --i) {
    w.run_for(std::chrono::microseconds{when.below(i % 2 ? 3'000'000 : 40 * 60'000'000ULL)});
    shop.crash();
    w.run_for(std::chrono::milliseconds{when.below(3000)});
    shop.restart();
  }
  o->chaos = false;
  w.run_for(std::chrono::hours{30});
  check(*o, *now.lock());
}

}  // namespace

void sagas_end(sim::world& w) { play(w, {}); }
void sagas_end_ack_first(sim::world& w) { play(w, "ack_first"); }
void sagas_end_no_ids(sim::world& w) { play(w, "no_ids"); }
void sagas_end_naive(sim::world& w) { play(w, "naive_saga"); }

}  // namespace ensue::scenarios
