#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/flow/sagas.hpp>
#include <ensue/sim/world.hpp>

#include <map>
#include <set>
#include <string>
#include <tests/fulfilment.hpp>
#include <utility>
#include <vector>

namespace fulfilment {

using namespace ensue;

/// A store that can refuse, and that takes a moment.
class slow_store : public record_store {
 public:
  explicit slow_store(runtime& rt) : rt_{&rt} {}
  task<result<>> load(each f) override { return inner.load(std::move(f)); }
  task<result<>> append(std::string record) override { return append_to(*this, std::move(record)); }
  task<result<>> compact(std::vector<std::string> r) override {
    ++compactions;
    return inner.compact(std::move(r));
  }
  std::size_t size() const noexcept override { return inner.size() + pretend; }

  memory_record_store inner;
  int refuse = 0;  ///< so many of the next ones
  int compactions = 0;
  std::size_t pretend = 0;

 private:
  static task<result<>> append_to(slow_store& s, std::string record) {
    co_await sleep_for(*s.rt_, 1ms);
    if (s.refuse > 0) {
      --s.refuse;
      co_return make_error_code(errc::full);
    }
    co_return co_await s.inner.append(std::move(record));
  }
  runtime* rt_;
};

/// What the commands of all sagas did, by the id they carried: a repeated id does nothing.
struct warehouse {
  explicit warehouse(bus& b) {
    const auto note = [this](const auto& e, context& c) {
      ++came;
      if (ids.insert(c.event_id()).second) ++done[std::string{c.event_name()} + ' ' + e.order];
    };
    all.push_back(b.subscribe<charge_card>(note));
    all.push_back(b.subscribe<reserve_stock>(note));
    all.push_back(b.subscribe<fulfilment_started>(note));
    all.push_back(b.subscribe<refund_payment>(note));
    all.push_back(b.subscribe<release_stock>(note));
  }
  std::vector<subscription> all{};
  std::set<uuid> ids{};
  std::map<std::string, int> done{};
  int came = 0;
};

struct fixture {
  explicit fixture(saga_options o = {}) : all{b, store, o} { all.add(definition()); }
  void start() { w.block_on(all.start()); }
  void stop() { w.block_on(all.stop()); }
  template <class E, class... Args>
  void tell(Args&&... args) {
    (void)b.try_post<E>(std::forward<Args>(args)...);
    w.run_for(100ms);
  }

  sim::world w{7};
  slow_store store{w.rt()};
  bus b{w.rt()};
  sagas all;
};

}  // namespace fulfilment
