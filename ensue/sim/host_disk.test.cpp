// The disk of a host: what outlives its lives.
#include <ensue/async/offload.hpp>
#include <ensue/sim/explore.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

task<> write_for_ever(runtime& rt, disk& d) {
  const auto open = [&d] { return d.open("log", open_mode::replace).value(); };
  const std::unique_ptr<disk_file> f = co_await offload(rt, open);
  for (std::uint64_t i = 0;; ++i) {
    disk_file* const to = f.get();
    const auto write = [to, i] { return to->write(i, "x"); };
    (co_await offload(rt, write)).value();
  }
}

}  // namespace

TEST_CASE("a crash keeps the file, a power cut what was synced of it") {
  sim::for_each_seed(50, [](sim::world& w) {
    sim::host& h =
        w.host("pay", [](sim::host& me) { me.spawn("log", write_for_ever(me.rt(), me.disk())); });
    const auto wrote = [&h] { return h.disk().content("log").size() > 5; };
    w.require(w.run_until(wrote), "nothing was written");
    const std::string before = h.disk().content("log");
    h.crash();
    w.run_for(10ms);
    w.require(h.disk().content("log") == before, "a dead host wrote");
    h.restart();
    w.run_for(20ms);
    h.power_cut();
    w.require(!h.up(), "it is up");
    w.require(h.disk().content("log").size() < 100, "more than was written");
    h.power_cut();
    w.end();
  });
}

TEST_CASE("a file of an earlier life does nothing any more") {
  sim::world w;
  sim::host& h = w.host("pay");
  const auto f = h.disk().open("a", open_mode::replace).value();
  REQUIRE(f->write(0, "old"));
  h.crash();
  CHECK_FALSE(f->write(0, "new"));
  CHECK(h.disk().open("a", open_mode::read).has_error());
  h.restart();
  CHECK_FALSE(f->write(0, "new"));
  CHECK(h.disk().content("a") == "old");
}
