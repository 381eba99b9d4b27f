#include <ensue/testing/durable.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace ensue::testing;
using pair = std::pair<std::string, std::string>;

TEST_CASE("a transaction that is not committed leaves nothing, or what was done when torn") {
  for (const tearing kind : {tearing::whole, tearing::torn}) {
    durable<pair> d{kind, pair{"a", "b"}};
    {
      auto t = d.begin();
      t->first = "x";
      CHECK((*t).first == "x");
    }
    CHECK(d->first == (kind == tearing::torn ? "x" : "a"));
    CHECK(d->second == "b");
  }
}

TEST_CASE("of two overlapping transactions the second to commit is told to begin anew") {
  durable<pair> d;
  auto first = d.begin();
  auto second = d.begin();
  first->first = "1";
  second->first = "2";
  CHECK(first.commit());
  CHECK_FALSE(second.commit());
  CHECK(d.value().first == "1");
  d.change([](pair& p) { p.second = "now"; });
  auto third = d.begin();
  third->first = "3";
  CHECK(third.commit());
  CHECK(*d == pair{"3", "now"});
  CHECK(d.change([](pair& p) { return p.first; }) == "3");
}
