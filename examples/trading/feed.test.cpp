#include "feed.hpp"

#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <vector>

using namespace trading;
using namespace std::chrono_literals;

namespace {

/// Quotes with the given stamps; now and then it has to fetch more.
class listed final : public market_source {
 public:
  explicit listed(std::vector<std::int64_t> stamps_ms) : stamps_{std::move(stamps_ms)} {}
  status next(market_event& out) override {
    if (at_ == stamps_.size()) return status::end;
    if (at_ % 3 == 2 && !filled_) return status::starved;
    filled_ = false;
    auto& q = out.emplace<quote>();
    q.row = static_cast<std::int64_t>(at_) + 1;
    q.stamp_ns = stamps_[at_++] * 1'000'000;
    return status::event;
  }
  void fill() override { filled_ = true; }
  std::string name() const override { return "listed"; }
  tape_form form() const noexcept override { return tape_form::crypto; }
  std::int64_t rows() const noexcept override { return static_cast<std::int64_t>(at_); }
  double progress() const noexcept override { return 0; }

 private:
  std::vector<std::int64_t> stamps_;
  std::size_t at_ = 0;
  bool filled_ = false;
};

struct played {
  ensue::sim::world world;
  ensue::bus bus{world.rt()};
  std::vector<std::int64_t> rows;
  std::vector<ensue::duration> times;
  ensue::subscription seen = bus.subscribe<quote>([this](const quote& q) {
    rows.push_back(q.row);
    times.push_back(world.elapsed());
  });
};

}  // namespace

TEST_CASE("at full speed everything comes in order and no time passes") {
  played p;
  listed source{std::vector<std::int64_t>(1'000, 5'000)};
  feed f{p.bus, {}};
  p.world.block_on(f.play(source));
  REQUIRE(p.rows.size() == 1'000);
  for (std::size_t n = 0; n < p.rows.size(); ++n) {
    CHECK(p.rows[n] == static_cast<std::int64_t>(n) + 1);
  }
  CHECK(f.events() == 1'000);
  CHECK(p.world.elapsed() == 0s);
}

TEST_CASE("at recorded pace the stamps decide, stamps that go back come at once") {
  played p;
  listed source{{1'000, 2'000, 1'500, 4'000}};
  feed f{p.bus, {.speed = 2, .beat = {}}};
  p.world.block_on(f.play(source));
  REQUIRE(p.times.size() == 4);
  CHECK(p.times == std::vector<ensue::duration>{0ms, 500ms, 500ms, 1'500ms});
}

TEST_CASE("a stop ends the play, what was emitted stays") {
  played p;
  listed source{std::vector<std::int64_t>(100'000, 0)};
  feed f{p.bus, {.speed = 0, .beat = [&] { f.stop(); }}};
  p.world.block_on(f.play(source));
  CHECK(f.stopped());
  CHECK(p.rows.size() > 0);
  CHECK(p.rows.size() < 200);
  CHECK(static_cast<std::size_t>(f.events()) == p.rows.size());
}

TEST_CASE("a stop does not wait for the next stamp of a slow tape") {
  played p;
  listed source{{0, 3'600'000}};
  feed f{p.bus, {.speed = 1, .beat = {}}};
  p.world.spawn("play", f.play(source));
  p.world.run_for(1s);
  f.stop();
  p.world.run_for(1s);
  CHECK(p.rows.size() == 1);
  CHECK_NOTHROW(p.world.run());
  CHECK(p.rows.size() == 1);
  CHECK(p.world.elapsed() < 1min);
}

TEST_CASE("a failing handler stops neither the feed nor the others") {
  played p;
  const auto bad =
      p.bus.subscribe<quote>([](const quote&) { throw std::runtime_error{"planted"}; });
  listed source{{1, 2, 3}};
  feed f{p.bus, {}};
  p.world.block_on(f.play(source));
  CHECK(p.rows.size() == 3);
  CHECK(f.handler_failures() == 3);
}
