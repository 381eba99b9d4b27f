// S-09: publishers and consumers around a bounded queue. It never holds more than its bound, wakes
// who can go on, and lets nobody overtake.
#include "scenarios.hpp"
#include <ensue/async/queue.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/async/wait.hpp>

#include <deque>
#include <string>

namespace ensue::scenarios {
namespace {

using testing::service;

// The queue under test, or what one writes by hand with a list and two bells.
class line {
 public:
  line(simulation& w, runtime& rt, std::size_t bound)
      : w_{w}, rt_{rt}, bound_{bound}, real_{rt, {.capacity = bound, .name = "line"}} {}

  std::size_t size() const { return by_hand() ? items_.size() : real_.size(); }
  std::size_t bound() const { return bound_; }

  task<> put(int value) {
    if (!by_hand()) {
      (co_await real_.push(value)).value();
      co_return;
    }
    bool full = items_.size() >= bound_;
    if (w_.planted("over_bound")) co_await yield(rt_);  // looks, is interrupted, acts
    while (full) {
      co_await wait_in(room_, rt_, "room");
      full = items_.size() >= bound_;
    }
    items_.push_back(value);
    wake_one(filled_);
  }

  task<int> take() {
    if (!by_hand()) co_return (co_await real_.pop()).value();
    bool empty = items_.empty();
    while (empty) {
      if (w_.planted("lost_wakeup")) co_await yield(rt_);
      co_await wait_in(filled_, rt_, "values");
      empty = items_.empty();
    }
    const int value = items_.front();
    items_.pop_front();
    wake_one(room_);
    co_return value;
  }

 private:
  bool by_hand() const {
    return w_.planted("over_bound") || w_.planted("lost_wakeup") || w_.planted("barging");
  }
  simulation& w_;
  runtime& rt_;
  std::size_t bound_;
  queue<int> real_;
  std::deque<int> items_;
  work_list room_, filled_;
};

struct tally {
  std::deque<int> called;  // in the order in which `put` was called
  int numbers = 0;
  std::uint64_t taken = 0;
  std::string wrong;
};

task<> publish(line& l, runtime& rt, tally& b, random_stream draw, std::uint64_t each) {
  for (std::uint64_t i = 0; i < each; ++i) {
    for (std::uint64_t k = draw.below(3); k > 0; --k) co_await yield(rt);
    const int number = ++b.numbers;
    b.called.push_back(number);
    co_await l.put(number);
  }
}

task<> consume(line& l, runtime& rt, tally& b, random_stream draw) {
  for (;;) {
    const int got = co_await l.take();
    if (b.called.front() != got) b.wrong = std::to_string(got) + " overtook";
    b.called.pop_front();
    ++b.taken;
    for (std::uint64_t k = draw.below(4); k > 0; --k) co_await yield(rt);
  }
}

}  // namespace

void s09_bounded_queue(simulation& w) {
  const std::uint64_t bound = w.size("bound", 1, 4), publishers = w.size("publishers", 1, 4);
  const std::uint64_t each = w.size("each", 1, 6), consumers = w.size("consumers", 1, 2);
  tally b;
  line* now = nullptr;
  w.host("queue", [&](service& s) {
    line& l = s.make<line>(w, s.rt(), bound);
    now = &l;
    for (std::uint64_t i = 0; i < publishers; ++i) {
      const std::string name = "publisher " + std::to_string(i);
      s.spawn("publisher", publish(l, s.rt(), b, s.rt().random(name), each));
    }
    // One taker sees the order; several see it only as far as they are resumed in order.
    for (std::uint64_t i = 0; i < consumers; ++i)
      s.spawn("consumer", consume(l, s.rt(), b, s.rt().random("consumer" + std::to_string(i))));
  });
  w.always("the depth stays within the bound", [&] { return !now || now->size() <= now->bound(); });
  if (consumers == 1) w.always("nobody overtakes", [&] { return b.wrong; });
  w.eventually("everything arrives", std::chrono::minutes{1},
               [&] { return b.taken == publishers * each; });
  w.run();
}

}  // namespace ensue::scenarios
