// Handing events from one or two threads to one consumer: bounded to 1024, waiting when full,
// nothing dropped. Used by the throughput bench (cross) and the latency bench.
#pragma once

#include "harness/clocks.hpp"
#include "harness/event.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <pthread.h>
#include <sched.h>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

namespace bench {

inline constexpr std::size_t handover_capacity = 1024;

/// Waits for another thread: pauses first, then lets the scheduler decide.
class spinner {
 public:
  void operator()() {
    if (++looks_ < 1024) {
      relax();
    } else {
      sched_yield();
      looks_ = 512;
    }
  }

 private:
  int looks_ = 0;
};

/// Where the events arrive. Called by the consumer's thread only.
class sink {
 public:
  explicit sink(std::uint64_t target) : target_{target} {}

  /// True when this was the last one.
  bool on(const tick& e) {
    sum_ += e.price;
    if (latencies_) latencies_->push_back(double(std::int64_t(wall_ns()) - e.stamp));
    if (++count_ != target_) return false;
    done_.store(wall_ns(), std::memory_order_release);
    return true;
  }
  /// The same, and gives the producer its credit back: the bound of peers that have none.
  void on_credited(const tick& e) {
    auto& c = consumed_[e.lane];
    c.store(c.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    on(e);
  }

  void record(std::vector<double>& latencies) { latencies_ = &latencies; }
  std::int64_t sum() const { return sum_; }
  /// wall_ns() of the last event; 0 before it.
  std::uint64_t done() const { return done_.load(std::memory_order_acquire); }
  std::uint64_t consumed(std::size_t lane) const {
    return consumed_[lane].load(std::memory_order_acquire);
  }

 private:
  std::int64_t sum_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t target_;
  std::vector<double>* latencies_ = nullptr;
  alignas(64) std::atomic<std::uint64_t> consumed_[2]{};
  alignas(64) std::atomic<std::uint64_t> done_{0};
};

/// A queue that is polled or waited on: `consume(f)` calls f until it returns true.
template <class Queue>
class pulled {
 public:
  void start(sink& s) {
    thread_ = std::thread([this, &s] { queue_.consume([&s](const tick& e) { return s.on(e); }); });
  }
  void push(std::size_t, const tick& e) { queue_.push(e); }
  void push_burst(std::size_t, const tick* e, std::size_t n) {
    if constexpr (requires { queue_.push_burst(e, n); }) {
      queue_.push_burst(e, n);
    } else {
      for (std::size_t i = 0; i < n; ++i) queue_.push(e[i]);
    }
  }
  void stop() { thread_.join(); }

 private:
  Queue queue_;
  std::thread thread_;
};

/// The bound of unbounded peers: at most `handover_capacity` events of a lane are under way.
class credits {
 public:
  void take(std::size_t lane, const sink& s) {
    auto& l = lanes_[lane];
    ++l.sent;
    for (spinner wait; l.sent - l.seen > handover_capacity; wait()) l.seen = s.consumed(lane);
  }

 private:
  struct alignas(64) account {
    std::uint64_t sent = 0, seen = 0;
  };
  account lanes_[2];
};

/// One producer: it on the first core, the consumer on the second. Two: the scheduler decides.
class pinned {
 public:
  explicit pinned(int core) {
    sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    if (core >= 0) sched_setaffinity(0, sizeof one, &one);
  }
  pinned(const pinned&) = delete;
  pinned& operator=(const pinned&) = delete;
  ~pinned() { sched_setaffinity(0, sizeof before_, &before_); }

 private:
  cpu_set_t before_;
};

/// Publishes at a steady rate by busy waiting: the publisher itself never sleeps.
class pacer {
 public:
  explicit pacer(double gap_ns) : gap_ns_{gap_ns} {}
  void operator()(tick& e) {
    if (gap_ns_ <= 0) return;
    auto now = double(wall_ns());
    if (next_ == 0 || now > next_ + 20 * gap_ns_) next_ = now;
    next_ += gap_ns_;
    while (double(wall_ns()) < next_) relax();
    e.stamp = std::int64_t(wall_ns());
  }

 private:
  double gap_ns_;
  double next_ = 0;
};

struct load {
  int producers = 1;
  std::uint64_t events = 0;  ///< of all producers together
  std::size_t burst = 1;
  double gap_ns = 0;  ///< 0: as fast as it goes
};

template <class Handover>
void produce(Handover& h, std::size_t lane, const load& l) {
  const auto n = std::int64_t(l.events) / l.producers;
  if constexpr (requires { h.build(lane, n); }) {
    for (std::int64_t i = 0; i < n; ++i) h.build(lane, i);
    return;
  }
  if (l.burst == 1) {
    pacer pace{l.gap_ns};
    for (std::int64_t i = 0; i < n; ++i) {
      tick e(i, std::int64_t(lane));
      pace(e);
      h.push(lane, e);
    }
    return;
  }
  std::vector<tick> burst(l.burst);
  for (std::int64_t i = 0; i < n;) {
    std::size_t k = 0;
    while (k < l.burst && i < n) burst[k++] = tick(i++, std::int64_t(lane));
    h.push_burst(lane, burst.data(), k);
  }
}

/// Runs the load through a fresh Handover; returns ns per event.
template <class Handover>
double hand_over(const load& l, std::string_view who, std::vector<double>* latencies = nullptr) {
  const auto each = l.events / std::uint64_t(l.producers);
  sink s{each * std::uint64_t(l.producers)};
  if (latencies) {
    latencies->reserve(each);
    s.record(*latencies);
  }
  auto h = std::make_unique<Handover>();
  {
    const pinned consumer{l.producers == 1 ? 1 : -1};  // its threads inherit the core
    h->start(s);
  }
  usleep(2000);
  std::atomic<int> ready{0};
  std::atomic<bool> go{false};
  std::vector<std::thread> threads;
  for (int p = 0; p < l.producers; ++p)
    threads.emplace_back([&, p] {
      const pinned producer{l.producers == 1 ? 0 : -1};
      ++ready;
      while (!go) relax();
      produce(*h, std::size_t(p), l);
    });
  while (ready < l.producers) usleep(100);
  const auto begin = wall_ns();
  go = true;
  for (auto& t : threads) t.join();
  while (s.done() == 0) usleep(100);
  h->stop();
  verify(s.sum(), l.producers * sum_below(std::int64_t(each)), who);
  return double(s.done() - begin) / double(each * std::uint64_t(l.producers));
}

}  // namespace bench
