#include <ensue/base/metrics.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct lines : metric_visitor {
  void number(const metric& what, std::span<const metric_label> labels,
              std::int64_t value) override {
    std::string line{what.name};
    for (const auto& [name, text] : labels) line.append(" ").append(name).append("=").append(text);
    all.push_back(line + " " + std::to_string(value));
  }
  void durations(const metric& what, std::span<const metric_label>,
                 const metric_histogram& values) override {
    all.push_back(std::string{what.name} + " " + std::to_string(values.buckets.size()));
  }
  std::vector<std::string> all;
};

struct door : metric_source {
  explicit door(std::string where) : name{std::move(where)} {}
  void show(metric_visitor& to) const override {
    const metric_label labels[] = {{"door", name}};
    to.number({"passed", metric_kind::counter, "Who went through."}, labels, passed);
    const metric_histogram::bucket open[] = {{5ms, 2}, {10ms, 1}};
    to.durations({"open", metric_kind::histogram, "How long it stood open."}, labels,
                 {.buckets = open, .count = 3, .sum = 12ms});
  }
  std::string name;
  std::int64_t passed = 0;
};

std::vector<std::string> shown(const metric_registry& r) {
  lines seen;
  r.collect(seen);
  return seen.all;
}

}  // namespace

TEST_CASE("whatever counts shows itself when asked, in order, with what it has then") {
  metric_registry r;
  door front{"front"}, back{"back"};
  CHECK(r.add(front));
  CHECK(r.add(back));
  front.passed = 7;
  CHECK(shown(r) ==
        std::vector<std::string>{"passed door=front 7", "open 2", "passed door=back 0", "open 2"});
  r.remove(front);
  r.remove(front);
  CHECK(shown(r).size() == 2);
}

TEST_CASE("a source and its registry may go in either order") {
  auto r = std::make_unique<metric_registry>();
  auto first = std::make_unique<door>("first");
  door second{"second"};
  CHECK(r->add(*first));
  CHECK(r->add(second));
  first.reset();
  CHECK(shown(*r).size() == 2);
  r.reset();
  metric_registry other;
  CHECK(other.add(second));
}

TEST_CASE("there is a bound on sources") {
  std::vector<std::unique_ptr<door>> doors;
  metric_registry r;
  for (std::size_t n = 0; n < metric_registry::sources_max; ++n)
    REQUIRE(r.add(*doors.emplace_back(std::make_unique<door>("x"))));
  door more{"more"};
  CHECK_FALSE(r.add(more));
}
