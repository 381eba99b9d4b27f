// Random programs of the whole bus: after every step the ledger is balanced, and at the end it says
// what an independent count of the test's own says.
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/sim/explore.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct signal {
  int n = 0;
  int key = 0;
};
struct strong_signal : signal {
  using ensue_bases = ensue::bases<signal>;
};

// What the test itself saw of one subscription.
struct seen {
  std::uint64_t returned = 0, threw = 0, said_no = 0;
  unsigned at_once = 0;
  std::map<int, unsigned> keys_at_once;
};

constexpr std::array policies{overflow::wait, overflow::reject, overflow::drop_oldest,
                              overflow::drop_newest, overflow::latest_per_key};

class program {
 public:
  explicit program(sim::world& w) : w_{w}, b_{w.rt()}, draw_{w.random("program")} {}

  void run() {
    for (int i = 0; i < 4; ++i) subscribe();
    for (int i = 0; i < 60; ++i) {
      act();
      const auto each_step = [this] { return check("at a step"), false; };
      w_.run_until(each_step, std::chrono::microseconds{draw_.below(400)});
    }
    w_.run_until([this] { return check("while it drains"), b_.idle(); });
    finish();
  }

 private:
  struct member {
    subscription handle;
    std::shared_ptr<seen> saw = std::make_shared<seen>();
    unsigned concurrency = 1;
    bool keyed = false;
  };

  void check(const char* when) {
    w_.require(b_.total().balanced(), std::string{"balanced "} + when + ": " + b_.total().text());
    for (const bus::account& a : b_.accounts())
      w_.require(a.counts.balanced(), a.subscription + " balanced: " + a.counts.text());
  }

  void subscribe() {
    auto m = std::make_unique<member>();
    m->concurrency = 1 + static_cast<unsigned>(draw_.below(3));
    m->keyed = draw_.chance(500);
    subscribe_options<signal> o;
    o.name = "s" + std::to_string(members_.size());
    o.priority = static_cast<int>(draw_.below(3));
    o.capacity = 1 + draw_.below(5);
    o.on_full = policies[draw_.below(policies.size())];
    o.wait_max = 1ms;
    o.concurrency = m->concurrency;
    o.where = [saw = m->saw](const signal& s) { return s.n % 7 != 0 || (++saw->said_no, false); };
    if (m->keyed) o.key = &signal::key;
    m->handle = draw_.chance(500) ? plain(*m, std::move(o)) : coroutine(*m, std::move(o));
    members_.push_back(std::move(m));
  }

  subscription plain(member& m, subscribe_options<signal> o) {
    return b_.subscribe<signal>(
        [saw = m.saw](const signal& s) {
          if (s.n % 5 == 0) throw ++saw->threw;
          ++saw->returned;
        },
        std::move(o));
  }

  subscription coroutine(member& m, subscribe_options<signal> o) {
    return b_.subscribe<signal>(
        [this, at = &m, saw = m.saw](const signal& s, context& c) -> task<> {
          w_.require(++saw->at_once <= at->concurrency, "concurrency is never exceeded");
          unsigned& of_key = saw->keys_at_once[s.key];
          w_.require(++of_key == 1 || !at->keyed, "never two of one key at once");
          co_await ensue::sleep_for(c.rt(), std::chrono::microseconds{10 + s.n % 50});
          --of_key, --saw->at_once;
          if (s.n % 5 == 0) throw ++saw->threw;
          ++saw->returned;
        },
        std::move(o));
  }

  static task<> post(bus& b, int n, int key) {
    try {
      co_await b.post<signal>(n, key);
    } catch (const std::exception&) {  // refused or out of time: then it was accepted nowhere
    }
  }
  static task<> publish(bus& b, int n, int key) {
    try {
      (void)co_await b.publish<signal>(n, key);
    } catch (const std::exception&) {
    }
  }

  void act() {
    const int n = ++last_, key = static_cast<int>(draw_.below(3));
    switch (draw_.below(9)) {
      case 0: (void)b_.emit<signal>(n, key); break;
      case 1: w_.spawn("post", post(b_, n, key)); break;
      case 2: w_.spawn("publish", publish(b_, n, key)); break;
      case 3: subscribe(); break;
      case 4: members_[draw_.below(members_.size())]->handle.end(); break;
      case 5: halted_ = !halted_, brake(); break;
      case 6: {
        strong_signal s;
        s.n = n, s.key = key;
        (void)b_.emit(s);
        break;
      }
      default:
        for (int i = 0; i < 4; ++i) (void)b_.try_post<signal>(++last_, key);
    }
  }

  static bool is_even(const subscription_state& s) { return s.sequence() % 2 == 0; }

  void brake() {
    ensue::brakes b;
    if (halted_) b.halts = &is_even;
    b_.engine().set_brakes(std::move(b));
  }

  void finish() {
    b_.engine().set_brakes({});
    w_.run_until([this] { return check("at the end"), b_.idle(); });
    ensue::ledger all = b_.total();
    seen sum;
    for (const auto& m : members_) {
      sum.returned += m->saw->returned;
      sum.threw += m->saw->threw;
      sum.said_no += m->saw->said_no;
    }
    w_.require(all.handled == sum.returned, "handled: " + all.text());
    w_.require(all.dead == sum.threw, "dead: " + all.text());
    w_.require(all.filtered == sum.said_no, "filtered: " + all.text());
    w_.require(all.in_flight() == 0, "nothing in flight: " + all.text());
  }

  sim::world& w_;
  bus b_;
  random_stream draw_;
  std::vector<std::unique_ptr<member>> members_;
  int last_ = 0;
  bool halted_ = false;
};

}  // namespace

TEST_CASE("the ledger is exact at every step of random programs, and agrees with a second count") {
  sim::sweep seeds;
  seeds.seeds = 400;
  const sim::findings found = sim::explore(seeds, [](sim::world& w) { program{w}.run(); });
  INFO(found.report);
  CHECK_FALSE(found.failing_seed);
  CHECK(found.distinct > 300);
}
