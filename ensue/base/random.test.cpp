#include <ensue/base/random.hpp>

#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("a stream is fixed by its seed and name") {
  random_stream a{7, "retry"}, b{7, "retry"}, other{7, "sched"};
  const auto first = a.next();
  CHECK(first == b.next());
  CHECK(first != other.next());
}

TEST_CASE("numbers do not change with compiler or release") {
  random_stream r{42};
  CHECK(r.next() == 1546998764402558742ull);
  CHECK(r.next() == 6990951692964543102ull);
}

TEST_CASE("below stays below and covers the range") {
  random_stream r{3};
  bool seen[10] = {};
  for (int i = 0; i < 1000; ++i) seen[r.below(10)] = true;
  for (const bool s : seen) CHECK(s);
  CHECK(r.below(0) == 0);
  CHECK(r.below(1) == 0);
  for (int i = 0; i < 1000; ++i) {
    const double u = r.unit();
    CHECK(u >= 0);
    CHECK(u < 1);
  }
}
