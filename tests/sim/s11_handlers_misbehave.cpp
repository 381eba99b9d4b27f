// S-11: handlers end their own subscription and others', subscribe new ones, publish recursively,
// cancel, throw, and one destroys the bus. Nothing begins after its subscription has ended, and the
// accounts balance at every step.
#include "scenarios.hpp"
#include <ensue/async/errors.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/bus/bus.hpp>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ensue::scenarios {
namespace {

using testing::service;

struct deed {
  std::uint64_t what = 0;
};
struct first_order {
  int id = 0;
};

struct zoo {
  simulation& w;
  runtime& rt;
  random_stream draw;
  bool plant_late_end = false;
  std::unique_ptr<bus> b{};
  std::vector<std::unique_ptr<subscription>> subs{};
  subscription welcome{};
  int welcomed = 0;
  std::uint64_t calls = 0;
  std::string wrong{};
};

void subscribe_one(zoo& z);

// Does one thing to the bus from inside a handler that runs on it.
void do_it(zoo& z, context* c) {
  ++z.calls;
  if (!z.b) return;  // a coroutine that had begun before the bus was destroyed
  const std::uint64_t victim = z.subs.empty() ? 0 : z.draw.below(z.subs.size());
  switch (z.draw.below(10)) {
    case 0:
      if (!z.subs.empty()) z.subs[victim]->end();
      break;
    case 1:
      if (z.subs.size() < 8) subscribe_one(z);
      break;
    case 2: (void)z.b->emit<deed>(z.calls); break;
    case 3:
      if (c) (void)c->try_post<deed>(z.calls);
      break;
    case 4: throw std::runtime_error{"a handler that fails"};
    case 5: throw_cancelled();
    case 6:
      if (z.draw.below(12) == 0) z.b.reset();
      break;
    default: break;
  }
}

task<> do_it_slowly(zoo& z, context& c, std::uint64_t naps) {
  if (!z.b) z.wrong = "a handler began after the bus was destroyed";
  for (; naps > 0; --naps) co_await yield(c.rt());
  do_it(z, &c);
  co_await yield(z.rt);
}

void subscribe_one(zoo& z) {
  const std::uint64_t number = z.subs.size();
  auto held = std::make_unique<subscription>();
  if (z.draw.below(2) == 0) {
    *held = z.b->subscribe<deed>([&z, number](const deed&, context& c) {
      if (!z.b) z.wrong = "a handler began after the bus was destroyed";
      if (!z.subs[number]->active()) z.wrong = "a handler began after its subscription ended";
      do_it(z, &c);
    });
  } else {
    *held = z.b->subscribe<deed>(
        [&z](const deed&, context& c) { return do_it_slowly(z, c, z.draw.below(4)); },
        {.capacity = 1 + z.draw.below(4),
         .on_full = overflow::drop_oldest,
         .concurrency = static_cast<unsigned>(1 + z.draw.below(3))});
  }
  z.subs.push_back(std::move(held));
}

// Greets the first customer alone; the planted one ends itself after an await instead of before.
task<> greet(zoo& z, context& c) {
  if (!z.plant_late_end) z.welcome.end();
  ++z.welcomed;
  co_await yield(c.rt());
  z.welcome.end();
}

task<> drive(zoo& z, std::uint64_t deeds) {
  for (std::uint64_t i = 0; i < deeds && z.b; ++i) {
    try {
      if (z.draw.below(2) == 0) {
        (void)z.b->emit<deed>(i);
      } else {
        co_await z.b->post<deed>(i);
      }
      if (z.b && i % 3 == 0) (void)z.b->try_post<first_order>(1);
    } catch (const system_error& e) {
      if (is_cancellation(e.code())) throw;  // else: the bus closed under the post
    }
    for (std::uint64_t n = z.draw.below(3); n > 0; --n) co_await yield(z.rt);
  }
}

}  // namespace

void s11_handlers_misbehave(simulation& w) {
  zoo* z = nullptr;
  const std::uint64_t deeds = w.size("deeds", 1, 20);
  w.client("zoo", [&](service& on) {
    z = &on.make<zoo>(zoo{w, on.rt(), on.rt().random("deeds"), w.planted("late_end")});
    z->b = std::make_unique<bus>(on.rt());
    z->welcome = z->b->subscribe<first_order>(
        [z](const first_order&, context& c) { return greet(*z, c); }, {.concurrency = 2});
    for (int i = 0; i < 3; ++i) subscribe_one(*z);
    return drive(*z, deeds);
  });
  w.always("nothing begins after the end", [&] { return z ? z->wrong : std::string{}; });
  w.always("the first order is greeted once", [&] { return !z || z->welcomed <= 1; });
  w.always("the accounts balance", [&] { return !z || !z->b || z->b->total().balanced(); });
  w.run();
}

}  // namespace ensue::scenarios
