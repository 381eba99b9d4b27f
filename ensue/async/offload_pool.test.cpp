#include <ensue/async/offload_pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <semaphore>

using namespace ensue;

namespace {

struct blocked : offload_job {
  blocked(std::counting_semaphore<>& s, std::counting_semaphore<>& b) : started{s}, barrier{b} {}
  void run() noexcept override {
    started.release();
    barrier.acquire();
  }
  void done() noexcept override {}
  std::counting_semaphore<>& started;
  std::counting_semaphore<>& barrier;
};

}  // namespace

TEST_CASE("a full queue refuses and leaves the job with its owner; dying waits for what runs") {
  std::counting_semaphore<> started{0}, barrier{0};
  std::atomic<int> finished{0};
  {
    offload_pool pool{1, 1, [&](std::unique_ptr<offload_job>) { ++finished; }};
    std::unique_ptr<offload_job> first = std::make_unique<blocked>(started, barrier);
    CHECK(pool.submit(first));
    CHECK(first == nullptr);
    started.acquire();  // it runs, so its place in the queue is free
    std::unique_ptr<offload_job> second = std::make_unique<blocked>(started, barrier);
    CHECK(pool.submit(second));
    std::unique_ptr<offload_job> third = std::make_unique<blocked>(started, barrier);
    CHECK_FALSE(pool.submit(third));
    CHECK(third != nullptr);
    barrier.release(2);
  }
  CHECK(finished.load() >= 1);
}
