#include <ensue/sim/executor.hpp>
#include <ensue/sim/guard.hpp>
#include <ensue/sim/world.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

using channel = boost::asio::experimental::channel<void(error_code, int)>;

task<> send(channel& out, int n) {
  for (int i = 1; i <= n; ++i) co_await out.async_send(error_code{}, i, boost::asio::use_awaitable);
}

task<int> sum(channel& in, int n) {
  int total = 0;
  for (int i = 0; i < n; ++i) total += co_await in.async_receive(boost::asio::use_awaitable);
  co_return total;
}

task<> wait_real_time(runtime& rt) {
  // house: allow timer, because it is the planted bug
  boost::asio::steady_timer timer{rt.executor(), 1ms};
  co_await timer.async_wait(boost::asio::use_awaitable);
}

task<int> square(int n) { co_return n* n; }

task<int> square_elsewhere(runtime& rt, int n) {
  co_return co_await boost::asio::co_spawn(rt.executor(), square(n), boost::asio::use_awaitable);
}

std::string failure_of(sim::world& w) {
  try {
    w.run();
  } catch (const sim::failure& f) {
    return f.what();
  }
  return {};
}

}  // namespace

TEST_CASE("posted functions run in the order they were posted, never inside the call") {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    sim::world w{sim::options::swarm(seed)};
    const boost::asio::any_io_executor ex = w.rt().executor();
    std::vector<int> ran;
    for (int i = 0; i < 10; ++i) boost::asio::post(ex, [&ran, i] { ran.push_back(i); });
    CHECK(ran.empty());
    w.run();
    std::vector<int> expected(10);
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(ran == expected);
  }
}

TEST_CASE("an Asio strand works on it") {
  sim::world w;
  auto strand = boost::asio::make_strand(w.rt().executor());
  std::vector<int> ran;
  for (int i = 0; i < 3; ++i) boost::asio::post(strand, [&ran, i] { ran.push_back(i); });
  w.run();
  CHECK(ran == std::vector<int>{0, 1, 2});
}

TEST_CASE("an Asio channel works on it") {
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    sim::world w{seed};
    channel c{w.rt().executor(), 2};
    w.spawn("sender", send(c, 10));
    CHECK(w.block_on(sum(c, 10)) == 55);
  }
}

TEST_CASE("co_spawn inside a task works on it") {
  sim::world w;
  CHECK(w.block_on(square_elsewhere(w.rt(), 7)) == 49);
}

TEST_CASE("a real timer inside the simulation is noticed at rest, and its clock before that") {
  static int clock_reads = 0;
  const auto before = sim::guard::on_violation([](const char*) noexcept { ++clock_reads; });
  {
    sim::world w;
    w.spawn("sleeper", wait_real_time(w.rt()));
    CHECK(failure_of(w).find("a real timer is armed inside the simulation") != std::string::npos);
  }
  sim::guard::on_violation(before);
  CHECK(clock_reads > 0);
}

TEST_CASE("executors compare by host") {
  sim::world w;
  CHECK(w.rt().executor() == w.rt().executor());
  CHECK(w.rt().executor() != w.host("other").rt().executor());
}
