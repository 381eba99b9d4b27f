#include <ensue/flow/service_registry.hpp>
#include <ensue/sim/explore.hpp>
#include <ensue/sim/world.hpp>
#include <ensue/testing/simulation.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

/// A process: its bus, its registry, and what it was told.
struct process {
  process(runtime& rt, announcements& wire, std::size_t most = 100)
      : b{rt},
        up{b.subscribe<instance_up>(
            [this](const instance_up& e) { story += "+" + e.what.instance; })},
        down{b.subscribe<instance_down>([this](const instance_down& e) {
          story += (e.why == gone::left ? "-" : "!") + e.what.instance;
        })},
        who{b, wire, most} {}
  bus b;
  std::string story{};
  subscription up, down;
  service_registry who;
};

/// The announcements of each process reach the others by the simulated network.
class network_wire final : public announcements {
 public:
  network_wire(testing::network& net, sim::host& me, std::vector<network_wire*>& all)
      : net_{net}, me_{me}, all_{all} {
    all_.push_back(this);
  }
  ~network_wire() override { std::erase(all_, this); }
  void announce(const announcement& a) override {
    for (network_wire* const to : all_)
      net_.send(me_, to->me_, [&all = all_, to, a] {
        if (std::find(all.begin(), all.end(), to) != all.end() && to->heard_) to->heard_(a);
      });
  }
  std::uint64_t listen(listener f) override { return heard_ = std::move(f), 1; }
  void forget(std::uint64_t) noexcept override { heard_ = nullptr; }

 private:
  testing::network& net_;
  sim::host& me_;
  std::vector<network_wire*>& all_;
  listener heard_;
};

registration_options pay(const char* instance, duration ttl = 9s) {
  return {.service = "pay", .instance = instance, .ttl = ttl};
}

announcement up(const char* instance, std::uint64_t load = 0) {
  return {.what = announced::up,
          .from = "them",
          .service = "pay",
          .instance = instance,
          .ttl = 9s,
          .load = load};
}

std::string chosen(service_registry& r, int times, choice how = choice::round_robin) {
  std::string all;
  for (int i = 0; i < times; ++i) all += r.choose("pay", how)->instance;
  return all;
}

}  // namespace

TEST_CASE("who registers is known everywhere, also to who comes later, until it leaves") {
  sim::world w;
  memory_announcements wire;
  process a{w.rt(), wire}, b{w.rt(), wire};
  registration one = a.who.add(pay("x")).value();
  const registration two =
      b.who.add({.service = "pay", .instance = "y", .metadata = {{"zone", "north"}}}).value();
  process late{w.rt(), wire};
  CHECK(late.who.list("pay").size() == 2);
  CHECK(late.who.find("pay", "y")->metadata.at("zone") == "north");
  w.run_for(1h);
  CHECK(a.story == "+x+y");
  CHECK(b.story == a.story);
  CHECK(late.story == a.story);
  one.end();
  CHECK(late.story == "+x+y-x");
  CHECK(a.story == late.story);
  CHECK(late.who.list() == b.who.list());
  CHECK_FALSE(late.who.choose("mail"));
}

TEST_CASE("who is silent is dropped when its time is over, not before") {
  sim::world w;
  memory_announcements wire;
  process a{w.rt(), wire};
  wire.announce(up("x"));
  w.run_for(5s);
  wire.announce(up("x"));
  w.run_for(8999ms);
  CHECK(a.story == "+x");
  w.run_for(1ms);
  CHECK(a.story == "+x!x");
  CHECK(a.who.size() == 0);
}

TEST_CASE("heartbeats are three in a ttl, and with nobody there nothing wakes the process") {
  sim::world w;
  memory_announcements wire;
  process idle{w.rt(), wire};
  int beats = 0;
  wire.listen([&](const announcement& a) { beats += a.what == announced::up; });
  {
    const registration one = idle.who.add(pay("x")).value();
    w.run_for(90s);
    CHECK(beats == 31);
  }
  const auto steps = w.steps();
  w.run_for(24h);
  CHECK(w.steps() - steps <= 1);
}

TEST_CASE("one of those who know each other is chosen in turn, or by load") {
  sim::world w;
  memory_announcements wire;
  process a{w.rt(), wire};
  for (const char* i : {"x", "y", "z"}) wire.announce(up(i));
  CHECK(chosen(a.who, 5) == "xyzxy");
  wire.announce({.what = announced::down, .from = "them", .service = "pay", .instance = "z"});
  CHECK(chosen(a.who, 3) == "xyx");
  wire.announce(up("x", 2));
  wire.announce(up("y", 0));
  CHECK(chosen(a.who, 6, choice::least_loaded) == "yyxyxy");
  wire.announce(up("x", 7));
  wire.announce(up("y", 7));
  CHECK(chosen(a.who, 2, choice::least_loaded) == "xy");
}

TEST_CASE("an instance says its load and its news; metadata that changed are an event") {
  sim::world w;
  memory_announcements wire;
  process a{w.rt(), wire}, b{w.rt(), wire};
  std::uint64_t load = 5;
  auto busy = pay("x");
  busy.load = [&] { return load; };
  const registration x = a.who.add(busy).value(), y = a.who.add(pay("y")).value();
  CHECK(chosen(b.who, 3, choice::least_loaded) == "yyy");
  load = 0;
  w.run_for(3s);
  CHECK(chosen(b.who, 2, choice::least_loaded) == "xy");
  announcement moved = up("z");
  wire.announce(moved);
  moved.metadata["zone"] = "south";
  wire.announce(moved);
  wire.announce(moved);
  CHECK(b.story == "+x+y+z+z");
}

TEST_CASE("names are taken once, instances are bounded, nonsense is refused in a sentence") {
  sim::world w;
  memory_announcements wire;
  process a{w.rt(), wire, 2};
  const registration x = a.who.add(pay("x")).value();
  CHECK(a.who.add(pay("x")).error() == errc::exists);
  const registration y = a.who.add(pay("")).value();
  CHECK(y.instance().size() == 36);
  CHECK(a.who.add(pay("z")).error() == errc::full);
  CHECK(a.who.add({.service = ""}).error() == errc::invalid);
  CHECK(*pay("x", 2h).wrong() ==
        "registration.ttl is 120 min; it must be more than 0 and at most 60 min");
  CHECK(registration_options{.service = std::string(5000, 's')}.wrong()->starts_with(
      "registration: names and metadata take 5000 bytes"));
  wire.announce(up("far away"));
  announcement odd = up("odd");
  odd.ttl = -1s;
  wire.announce(odd);
  CHECK(a.who.counts().refused == 2);
  wire.announce(up("x"));
  CHECK(a.who.counts().conflicts == 1);
  wire.announce({.what = announced::down, .from = "them", .service = "pay", .instance = "x"});
  CHECK(a.who.size() == 2);
}

TEST_CASE("who is told may end what it is told about") {
  sim::world w;
  memory_announcements wire;
  process a{w.rt(), wire};
  registration mine = a.who.add(pay("mine")).value();
  const auto s = a.b.subscribe<instance_down>([&](const instance_down&) { mine.end(); });
  wire.announce(up("x"));
  wire.announce(up("y"));
  w.run_for(1min);
  CHECK(a.story == "+mine+x+y!x-mine!y");
}

TEST_CASE("over a bad network everybody comes to know who is there, through crashes") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    testing::simulation w{{.seed = seed}};
    std::vector<network_wire*> wires;
    std::map<std::string, process*> all;
    const std::vector<std::string> names{"a", "b", "c"};
    for (const std::string& name : names)
      w.host(name, [&, name](testing::service& on) {
        network_wire& wire = on.make<network_wire>(w.net(), on.host(), wires);
        process& p = on.make<process>(on.rt(), wire);
        all[name] = &p;
        on.make<registration>(p.who.add(pay(name.c_str())).value());
      });
    w.chaos({.drop = 0.3,
             .duplicate = 0.1,
             .reorder = 0.3,
             .delay = {1ms, 500ms},
             .crash = {"a", "b"},
             .pause = {"c"},
             .partition = {"b"},
             .during = 1min});
    w.eventually("everybody knows everybody", 30s, [&] {
      for (const std::string& name : names)
        if (all[name]->who.list("pay").size() != names.size()) return false;
      return true;
    });
    w.run();
  }
}
