#include <ensue/async/scope.hpp>

#include <ensue/async/queue.hpp>
#include <ensue/async/barrier.hpp>
#include <ensue/async/condition.hpp>
#include <ensue/async/gate.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

task<int> value_after(runtime& rt, duration d, int value) {
  co_await sleep_for(rt, d);
  co_return value;
}

task<> run_two(runtime& rt, int& sum) {
  co_await with_scope(rt, [&](scope& s) -> task<> {
    const auto a = s.spawn("a", value_after(rt, 2ms, 1));
    const auto b = s.spawn("b", value_after(rt, 1ms, 2));
    co_await b.wait();
    sum = b.get();
    co_await a.wait();
    sum += a.get();
  });
}
task<> queues(runtime& rt, int& sum) {
  queue<int> q{rt, {.capacity=2}};
  co_await with_scope(rt, [&](scope& s) -> task<> {
    s.spawn("a", [&]()->task<>{ for (int i=0;i<10;++i) (co_await q.push(i)).value(); q.close(); });
    while (auto v = co_await q.pop()) { sum += *v; }
  });
}

}  // namespace

TEST_CASE("a scope waits for its children") {
  sim::world w;
  int sum = 0;
  w.block_on(run_two(w.rt(), sum));
  CHECK(sum == 3);
  CHECK(w.elapsed() == 2ms);
  sum=0;
  w.block_on(queues(w.rt(), sum));
  CHECK(sum == 45);
}
