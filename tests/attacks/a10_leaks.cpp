// subscriptions that come and go, used and unused, with and without a policy: flat memory.
#include "attack.hpp"
#include <ensue/async/loop_runtime.hpp>

namespace ensue::attacks {

namespace {

struct ping {
  int number = 0;
};

task<> come_and_go(bus& b, std::size_t times, std::uint64_t& heard) {
  for (std::size_t i = 0; i < times; ++i) {
    const auto plain = b.subscribe<ping>([&heard](const ping&) { ++heard; });
    const auto policed =
        b.subscribe<ping>([&heard](const ping&) { ++heard; }, {.retry = {.attempts = 2}});
    const auto coroutine = b.subscribe<ping>([&heard](const ping&) -> task<> {
      ++heard;
      co_return;
    });
    if (i % 16 != 0) continue;
    (void)b.try_post<ping>(1);
    (void)b.emit<ping>(2);
    co_await b.wait_idle();
  }
}

}  // namespace

void a10_leaks(attack& a) {
  loop_runtime rt;
  bus b{rt};
  std::uint64_t heard = 0;
  const std::size_t times = a.size(10'000, 3'400'000);  // three each
  block_on(rt, come_and_go(b, 1'000, heard));           // what is kept for later is there now
  const std::int64_t before = heap_bytes();
  block_on(rt, come_and_go(b, times, heard));
  const std::int64_t grown = heap_bytes() - before;
  a.require(heard == 6 * ((1'000 + 15) / 16 + (times + 15) / 16), "each was heard");
  a.require(grown < 64 * 1024, "memory stays flat, not " + std::to_string(grown) + " bytes more");
  a.require_settled(b, "come and go");
  a.report("subscriptions", static_cast<double>(3 * times), "");
  a.report("heap", static_cast<double>(grown), "bytes");
}

}  // namespace ensue::attacks
