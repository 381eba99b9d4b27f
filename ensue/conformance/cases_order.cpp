#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/conformance/cases.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

/// The events of a key are handled one after the other, in the order they were published.
namespace ensue::conformance {
namespace {

using kind = settlement::kind;

constexpr std::size_t keys = 16;

// What was handled, and what is being handled, by all members together.
struct ledger {
  std::vector<delivery> handled{};
  std::set<std::string> busy{};
  std::set<std::string> shared{};  // keys that two had at once
  unsigned refused = 0;

  void begin(const delivery& d) {
    const std::string key{lane_key(d.event)};
    if (!busy.insert(key).second) shared.insert(key);
  }
  void end(const delivery& d) { busy.erase(std::string{lane_key(d.event)}); }
};

// Handles one delivery for a while drawn from its number, and refuses some at first.
task<> handle(stage& st, consumer& c, delivery d, unsigned refuse_every, ledger& book) {
  book.begin(d);
  const std::size_t n = number_of(d.event);
  co_await sleep_for(st.rt(), std::chrono::microseconds{n * 7919 % 3000});
  book.end(d);
  const bool refuse = refuse_every && n % refuse_every == 0 && d.attempt < 3;
  if (refuse) ++book.refused;
  if (!refuse) book.handled.push_back(d);
  co_await st.settle(c, d, refuse ? kind::retry_later : kind::ack);
}

struct plan {
  std::size_t n = 0;
  unsigned refuse_every = 0;
};

// A member that handles up to 32 at a time, until nothing comes any more.
task<> work(stage& st, consumer& c, plan p, ledger& book) {
  scope_options o{.name = "member", .children_max = 32};
  co_await with_scope(st.rt(), o, [&](scope& s) -> task<> {
    while (book.handled.size() < p.n) {
      auto d = co_await st.next(c, st.on().quiet);
      if (!d && s.size() == 1) break;  // this body alone
      if (!d) continue;
      (void)co_await s.spawn_wait("handler", handle(st, c, std::move(*d), p.refuse_every, book));
    }
  });
}

void check_book(stage& st, const ledger& book, std::size_t n) {
  st.in_order(book.handled);
  st.check(book.handled.size() >= n, "of " + std::to_string(n) + " events " +
                                         std::to_string(book.handled.size()) + " were handled");
  st.check(book.shared.empty(), "two of a key were out at once, key " +
                                    (book.shared.empty() ? "" : *book.shared.begin()));
}

task<> with_members(stage& st, std::size_t members, plan p) {
  std::vector<std::unique_ptr<consumer>> all;
  for (std::size_t i = 0; i < members; ++i) {
    auto joined = co_await st.join("g");
    all.push_back(std::move(joined));
  }
  co_await st.publish(1, p.n, keys);
  ledger book;
  {
    scope s{st.rt()};
    for (const auto& c : all) s.spawn("member", work(st, *c, p, book));
    co_await s.join();
  }
  check_book(st, book, p.n);
  st.none_lost(book.handled, 1, p.n);
  st.check(!p.refuse_every || book.refused > 0, "nothing was refused: the case shows nothing");
}

task<> keys_in_order(stage& st) {
  const plan p{.n = st.scaled(200)};
  co_await with_members(st, 1, p);
}

task<> keys_in_order_over_retries(stage& st) {
  const plan p{.n = st.scaled(200), .refuse_every = 5};
  co_await with_members(st, 1, p);
}

task<> keys_in_order_over_members(stage& st) {
  const plan p{.n = st.scaled(200), .refuse_every = 7};
  co_await with_members(st, 3, p);
}

// A member that settles some, holds some, and is gone.
task<> die_at_work(stage& st, std::size_t settle, std::size_t hold, ledger& book) {
  consume_options o = st.group("g");
  o.lease = st.on().lease;
  const auto c = co_await st.join(st.in(), std::move(o));
  for (std::size_t i = 0; i < settle + hold; ++i) {
    const auto d = co_await st.take(*c, "an event of a free key");
    if (i >= settle) continue;
    book.handled.push_back(d);
    co_await st.settle(*c, d);
  }
}

task<> keys_in_order_over_deaths(stage& st) {
  (void)co_await st.join("g");  // the group is there from now on
  const std::size_t n = st.scaled(200);
  co_await st.publish(1, n, keys);
  ledger book;
  for (std::size_t life = 1; life <= 3; ++life) co_await die_at_work(st, life * 3, 5, book);
  consume_options o = st.group("g");
  o.lease = st.on().lease;
  const auto heir = co_await st.join(st.in(), std::move(o));
  while (book.handled.size() < n) {
    auto d = co_await st.next(*heir, st.on().patience);
    if (!d) break;
    book.handled.push_back(*d);
    co_await st.settle(*heir, *d);
  }
  check_book(st, book, n);
  st.none_lost(book.handled, 1, n);
}

// One publisher, many small batches: its order is the order of the calls.
task<> batches_in_order(stage& st) {
  const auto c = co_await st.join("g");
  const std::size_t n = st.scaled(60);
  for (std::size_t i = 1; i <= n; i += 3) co_await st.publish(i, i + 2, 1);
  const auto got = co_await st.receive(*c, n);
  st.each_once(got, 1, n);
  st.in_order(got);
}

// A key that is held up does not hold up another one.
task<> keys_are_free_of_each_other(stage& st) {
  const auto c = co_await st.join("g");
  co_await st.publish(1, 40, 4);
  std::map<std::string, delivery> held;
  while (held.size() < 4) {
    auto d = co_await st.take(*c, "the first of each of four keys");
    held.emplace(lane_key(d.event), std::move(d));
  }
  delivery stuck = held.extract("k1").mapped();
  std::size_t handled = 0;
  for (const auto& [key, d] : held) co_await st.settle(*c, d);
  handled += held.size();
  while (handled < 30) {
    const auto d = co_await st.take(*c, "an event of a free key");
    st.check(lane_key(d.event) != "k1", "the key of an unsettled delivery went on");
    co_await st.settle(*c, d);
    ++handled;
  }
  co_await st.settle(*c, stuck);
  const auto rest = co_await st.receive(*c, 9);
  st.check(rest.size() == 9, "a key that was held up lost what stood behind");
}

}  // namespace

std::span<const test_case> order_cases() {
  static constexpr std::array all{
      test_case{"keys_in_order", "redelivers", "", keys_in_order},
      test_case{"keys_in_order_over_retries", "redelivers", "", keys_in_order_over_retries},
      test_case{"keys_in_order_over_members", "redelivers orders_keys", "",
                keys_in_order_over_members},
      test_case{"keys_in_order_over_deaths", "redelivers groups orders_keys", "",
                keys_in_order_over_deaths},
      test_case{"batches_in_order", "", "", batches_in_order},
      test_case{"keys_are_free_of_each_other", "redelivers", "", keys_are_free_of_each_other},
  };
  return all;
}

}  // namespace ensue::conformance
