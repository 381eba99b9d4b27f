// Queues, actors and executors that hand an event to another thread.
#pragma once

#include "handover.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/lockfree/spsc_queue.hpp>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#ifdef BENCH_HAVE_MOODYCAMEL
#include <concurrentqueue/blockingconcurrentqueue.h>
#endif
#ifdef BENCH_HAVE_TBB
#include <tbb/concurrent_queue.h>
#endif

namespace bench {

/// Burns both cores; one producer only. The yardstick.
class spsc_spinning {
 public:
  void push(const tick& e) {
    for (spinner wait; !queue_.push(e);) wait();
  }
  void push_burst(const tick* e, std::size_t n) {
    spinner wait;
    while (n != 0) {
      const auto k = queue_.push(e, n);
      e += k;
      n -= k;
      if (k == 0) wait();
    }
  }
  template <class F>
  void consume(F f) {
    bool last = false;
    while (!last)
      for (spinner wait; queue_.consume_all([&](const tick& e) { last = f(e); }) == 0;) wait();
  }

 private:
  boost::lockfree::spsc_queue<tick> queue_{handover_capacity};
};

/// The queue of every textbook.
class condvar_ring {
 public:
  void push(const tick& e) {
    {
      std::unique_lock lock{mutex_};
      room_.wait(lock, [&] { return head_ - tail_ < slots_.size(); });
      slots_[head_++ % slots_.size()] = e;
    }
    items_.notify_one();
  }
  template <class F>
  void consume(F f) {
    for (bool last = false; !last;) {
      tick e;
      {
        std::unique_lock lock{mutex_};
        items_.wait(lock, [&] { return head_ != tail_; });
        e = slots_[tail_++ % slots_.size()];
      }
      room_.notify_one();
      last = f(e);
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable items_, room_;
  std::vector<tick> slots_{std::vector<tick>(handover_capacity)};
  std::size_t head_ = 0, tail_ = 0;
};

/// The best of the simple ones: takes the whole batch at once, wakes only who sleeps.
class swapped_batch {
 public:
  swapped_batch() {
    in_.reserve(handover_capacity);
    out_.reserve(handover_capacity);
  }
  void push(const tick& e) {
    bool wake = false;
    {
      std::unique_lock lock{mutex_};
      if (in_.size() >= handover_capacity) {
        ++waiting_;
        room_.wait(lock, [&] { return in_.size() < handover_capacity; });
        --waiting_;
      }
      in_.push_back(e);
      wake = std::exchange(asleep_, false);
    }
    if (wake) items_.notify_one();
  }
  template <class F>
  void consume(F f) {
    for (bool last = false; !last;) {
      bool wake = false;
      {
        std::unique_lock lock{mutex_};
        while (in_.empty()) {
          asleep_ = true;
          items_.wait(lock);
        }
        asleep_ = false;
        std::swap(in_, out_);
        wake = waiting_ > 0;
      }
      if (wake) room_.notify_all();
      for (const auto& e : out_) last = f(e);
      out_.clear();
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable items_, room_;
  std::vector<tick> in_, out_;
  bool asleep_ = false;
  int waiting_ = 0;
};

#ifdef BENCH_HAVE_MOODYCAMEL
class moodycamel_blocking {
 public:
  void push(const tick& e) {
    slots_.wait();
    queue_.enqueue(e);
  }
  template <class F>
  void consume(F f) {
    std::array<tick, 64> got;
    for (bool last = false; !last;) {
      const auto n = queue_.wait_dequeue_bulk(got.begin(), got.size());
      for (std::size_t i = 0; i < n; ++i) last = f(got[i]);
      slots_.signal(::moodycamel::LightweightSemaphore::ssize_t(n));
    }
  }

 private:
  ::moodycamel::BlockingConcurrentQueue<tick> queue_{handover_capacity * 4};
  ::moodycamel::LightweightSemaphore slots_{handover_capacity};
};
#endif

#ifdef BENCH_HAVE_TBB
class tbb_bounded {
 public:
  tbb_bounded() { queue_.set_capacity(handover_capacity); }
  void push(const tick& e) { queue_.push(e); }
  template <class F>
  void consume(F f) {
    for (bool last = false; !last;) {
      tick e;
      queue_.pop(e);
      last = f(e);
    }
  }

 private:
  tbb::concurrent_bounded_queue<tick> queue_;
};
#endif

/// One post per event to an io_context that another thread runs.
class asio_posted {
 public:
  void start(sink& s) {
    sink_ = &s;
    thread_ = std::thread([this] { io_.run(); });
  }
  void push(std::size_t lane, const tick& e) {
    credits_.take(lane, *sink_);
    boost::asio::post(io_, [this, e] { sink_->on_credited(e); });
  }
  void push_burst(std::size_t lane, const tick* e, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) push(lane, e[i]);
  }
  void stop() {
    work_.reset();
    thread_.join();
  }

 private:
  boost::asio::io_context io_{2};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      io_.get_executor()};
  credits credits_;
  sink* sink_ = nullptr;
  std::thread thread_;
};

}  // namespace bench
