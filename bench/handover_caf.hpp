// An actor of CAF 0.17 as consumer. A file of its own: its headers are slow to compile.
#pragma once

#include "handover.hpp"

#ifdef BENCH_HAVE_CAF
#include <caf/all.hpp>

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(bench::tick)

namespace bench {

struct caf_config : caf::actor_system_config {
  caf_config() { set("scheduler.max-threads", 1); }
};

class caf_actor {
 public:
  void start(sink& s) {
    sink_ = &s;
    actor_ = system_.spawn([&s](caf::event_based_actor*) -> caf::behavior {
      return {[&s](const tick& e) { s.on_credited(e); }};
    });
  }
  void push(std::size_t lane, const tick& e) {
    credits_.take(lane, *sink_);
    caf::anon_send(actor_, e);
  }
  void push_burst(std::size_t lane, const tick* e, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) push(lane, e[i]);
  }
  void stop() {
    caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
    actor_ = nullptr;
  }

 private:
  caf_config config_;
  caf::actor_system system_{config_};
  caf::actor actor_;
  credits credits_;
  sink* sink_ = nullptr;
};

}  // namespace bench
#endif
