// A pool of four workers on one queue of ten: twenty pictures are scaled, each by one worker, four
// at a time. The publisher waits while the queue is full, and pictures of one album stay in order.
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/sim/world.hpp>

#include <cstdio>
#include <string>

using namespace std::chrono_literals;

struct picture {
  int number;
  std::string album;
};

int main() {
  ensue::sim::world world;
  ensue::bus bus{world.rt()};
  int at_work = 0, most = 0;
  std::string order_of_a;
  // [pool]
  auto pool = bus.subscribe<picture>(
      [&](const picture& p) -> ensue::task<> {
        most = std::max(most, ++at_work);
        co_await ensue::sleep_for(world.rt(), 100ms);  // scaling
        --at_work;
        if (p.album == "a") order_of_a += " " + std::to_string(p.number);
      },
      {.name = "scaler", .capacity = 10, .concurrency = 4, .key = &picture::album});
  // [/pool]

  auto publisher = [](ensue::bus& to) -> ensue::task<> {
    for (int i = 1; i <= 20; ++i)
      co_await to.post<picture>(i, std::string(1, static_cast<char>('a' + i % 5)));
    std::printf("all twenty are accepted\n");
  };
  world.block_on(publisher(bus));
  world.block_on(bus.wait_idle());
  std::printf("at most %d at once, %d ms in all\n", most, static_cast<int>(world.elapsed() / 1ms));
  std::printf("album a in order:%s\n", order_of_a.c_str());
  std::printf("%s\n", pool.counts().text().c_str());
}
