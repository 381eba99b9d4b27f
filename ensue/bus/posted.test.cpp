// An event that is built in its only subscriber's queue must be treated in every way as one that
// has a record: the same programs run with both kinds of event, and must tell the same story.
#include <ensue/async/deadline.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/posted.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct in_place {
  int n = 0;
};
struct with_record {
  explicit with_record(int number) : n{number} {}
  with_record(const with_record&) = default;
  ~with_record() {}  // NOLINT(modernize-use-equals-default): so that it needs a record
  int n = 0;
};
static_assert(fits_in_queue<in_place> && !fits_in_queue<with_record>);

/// What a program did and saw, in words.
template <class E>
class story {
 public:
  explicit story(sim::world& w) : w_{w}, bus_{w.rt()}, draw_{w.random("story")} {}

  std::vector<std::string> tell() {
    renew();
    for (int i = 0; i < 150; ++i) step();
    w_.run();
    note("end");
    return lines_;
  }

 private:
  void renew() {
    static constexpr overflow all[] = {overflow::wait, overflow::reject, overflow::drop_oldest,
                                       overflow::drop_newest, overflow::latest_per_key};
    handle_.reset();
    subscribe_options<E> o;
    o.capacity = 1 + draw_.below(40);
    o.on_full = all[draw_.below(5)];
    o.on_error = [this](const failure&) { note(bus_.total().balanced() ? "told" : "unbalanced"); };
    if (draw_.below(2)) o.key = [](const E& e) { return e.n % 3; };
    handle_.emplace(bus_.subscribe<E>([this](const E& e) { handle(e); }, std::move(o)));
  }

  void step() {
    switch (draw_.below(12)) {
      case 0: return w_.run();
      case 1: return renew();
      case 2:
        if (draw_.below(4) == 0) return end();
        return halt(draw_.below(2) != 0);
      case 3: return (void)bus_.emit<E>(next_++), note("emit");
      case 4: return w_.run_for(1ms);
      default: return post(static_cast<int>(draw_.below(20)));
    }
  }

  void post(int most) {
    for (int i = 0; i < most; ++i) {
      const error_code ec = bus_.template try_post<E>(next_++);
      if (ec) lines_.push_back("refused: " + ec.message());
    }
    note("post");
  }
  void end() {
    if (handle_) handle_->end();
    note("end of subscription");
  }
  void halt(bool on) {
    brakes b;
    if (on) b.halts = [](const subscription_state&) { return true; };
    bus_.engine().set_brakes(std::move(b));
  }

  // Handlers read their event again after everything they did.
  void handle(const E& e) {
    const int n = e.n;
    note("handling");
    if (n % 7 == 0) (void)bus_.template try_post<E>(1000 + n + 1);
    if (n % 11 == 0) bus_.engine().set_brakes({});
    if (n % 13 == 0) (void)bus_.template emit<E>(2000 + n + 2);
    if (n % 97 == 0) handle_->end();
    lines_.push_back(std::to_string(n) + "=" + std::to_string(e.n));
    if (n % 5 == 0) throw std::runtime_error{"five"};
  }

  void note(std::string what) {
    if (!bus_.total().balanced()) what = "unbalanced " + what;
    if (handle_ && handle_->active()) what += ": " + handle_->counts().text();
    lines_.push_back(what + ", " + bus_.total().text() + (bus_.idle() ? ", idle" : ""));
  }

  sim::world& w_;
  bus bus_;
  random_stream draw_;
  std::optional<subscription> handle_;
  std::vector<std::string> lines_;
  int next_ = 1;
};

template <class E>
std::vector<std::string> told(std::uint64_t seed) {
  sim::world w{{.seed = seed}};
  return story<E>{w}.tell();
}

}  // namespace

TEST_CASE("an event built in its queue is treated as one with a record") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto one = told<in_place>(seed), other = told<with_record>(seed);
    CHECK(one.size() > 100);
    for (const std::string& line : one) CHECK_FALSE(line.starts_with("unbalanced"));
    CHECK(one == other);
  }
}

TEST_CASE("a full queue makes the publisher wait, whichever way the event goes") {
  sim::world w;
  bus b{w.rt()};
  std::vector<int> seen;
  auto s = b.subscribe<in_place>([&](const in_place& e) { seen.push_back(e.n); }, {.capacity = 4});
  w.block_on([](bus& to) -> task<> {
    for (int i = 0; i < 50; ++i) co_await to.post<in_place>(i);
    co_await to.wait_idle();
  }(b));
  CHECK(seen.size() == 50);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
  CHECK(s.counts().balanced());
}

TEST_CASE("what post returns goes wherever a task does") {
  sim::world w;
  bus b{w.rt()};
  auto s = b.subscribe<in_place>([](const in_place&) {}, {.capacity = 1});
  posted at_once = b.post<in_place>(1);
  CHECK(at_once.accepted());
  posted later = b.post<in_place>(2);
  CHECK_FALSE(later.accepted());
  w.spawn("a task<>", std::move(later));
  w.block_on(std::move(at_once));
  w.run();
  CHECK(s.counts().handled == 2);
  w.block_on([](runtime& rt, bus& to) -> task<> {
    co_await with_timeout(rt, 1s, to.post<in_place>(3));
    co_await with_timeout(rt, 1s, to.post<in_place>(4));
    scope jobs{rt};
    jobs.spawn("posting", to.post<in_place>(5));
    co_await jobs.join();
    co_await to.wait_idle();
  }(w.rt(), b));
  CHECK(s.counts().handled == 5);
}

TEST_CASE("a refusal comes out of the await") {
  sim::world w;
  bus b{w.rt()};
  auto s =
      b.subscribe<in_place>([](const in_place&) {}, {.capacity = 1, .on_full = overflow::reject});
  CHECK(b.post<in_place>(1).accepted());
  std::optional<error_code> why;
  w.block_on([](bus& to, std::optional<error_code>& out) -> task<> {
    try {
      co_await to.post<in_place>(2);
    } catch (const system_error& e) {
      out = e.code();
    }
  }(b, why));
  CHECK(why == error_code{errc::full});
}
