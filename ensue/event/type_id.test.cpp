#include <ensue/event/type_id.hpp>

#include <boost/describe.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace ensue;

namespace shop {

struct domain_event {
  static constexpr std::string_view event_name = "domain";
  static constexpr int event_version = 3;
  int tenant = 1;
};
BOOST_DESCRIBE_STRUCT(domain_event, (), (tenant))

struct audited {
  std::string by = "nobody";
};

struct order_event : audited, domain_event {
  std::string order_id = "o-1";
};
BOOST_DESCRIBE_STRUCT(order_event, (audited, domain_event), (order_id))

struct order_placed : order_event {
  int amount = 7;
};
BOOST_DESCRIBE_STRUCT(order_placed, (order_event), (amount))

struct plain_base {
  int first = 1;
};
struct plain : plain_base {
  using ensue_bases = ensue::bases<plain_base>;
  int second = 2;
};

struct left : domain_event {
  using ensue_bases = ensue::bases<domain_event>;
};
struct right : domain_event {
  using ensue_bases = ensue::bases<domain_event>;
};
struct diamond : left, right {
  using ensue_bases = ensue::bases<left, right>;
};

struct pinned {
  pinned() = default;
  pinned(const pinned&) = delete;
};
struct move_only {
  std::unique_ptr<int> value;
};
struct renamed {};

template <int>
struct numbered {};

}  // namespace shop

template <>
struct ensue::event_traits<shop::renamed> {
  static constexpr std::string_view name = "shop.renamed";
  static constexpr int version = 5;
};

namespace {

std::vector<std::string> names(const event_type_info& info) {
  std::vector<std::string> all;
  for (const event_view& view : info.views) all.emplace_back(view.type->name);
  return all;
}

}  // namespace

TEST_CASE("names and versions: the specialisation, the members, else the readable C++ type") {
  CHECK(event_name<shop::renamed>() == "shop.renamed");
  CHECK(event_version<shop::renamed>() == 5);
  CHECK(event_name<shop::domain_event>() == "domain");
  CHECK(event_version<shop::domain_event>() == 3);
  CHECK(event_name<shop::audited>() == "shop::audited");
  CHECK(event_version<shop::audited>() == 1);
  CHECK(has_stable_name<shop::renamed>());
  CHECK_FALSE(has_stable_name<shop::audited>());
}

TEST_CASE("a derived event does not take over the name and version of its base") {
  CHECK(event_name<shop::order_event>() == "shop::order_event");
  CHECK(event_version<shop::order_event>() == 1);
  CHECK(event_name<shop::order_placed>() == "shop::order_placed");
  CHECK_FALSE(has_stable_name<shop::order_placed>());
}

TEST_CASE("views are the type itself, then its bases depth-first in declaration order") {
  CHECK(names(event_type<shop::order_placed>()) ==
        std::vector<std::string>{"shop::order_placed", "shop::order_event", "shop::audited",
                                 "domain"});
  CHECK(names(event_type<shop::plain>()) ==
        std::vector<std::string>{"shop::plain", "shop::plain_base"});
  CHECK(names(event_type<shop::audited>()) == std::vector<std::string>{"shop::audited"});
}

TEST_CASE("a base that is there twice is one view") {
  CHECK(names(event_type<shop::diamond>()) ==
        std::vector<std::string>{"shop::diamond", "shop::left", "domain", "shop::right"});
}

TEST_CASE("a view reaches its part of the event, also behind a second base") {
  const shop::order_placed event;
  const auto views = event_type<shop::order_placed>().views;
  CHECK(static_cast<const shop::order_placed*>(views[0].upcast(&event))->amount == 7);
  CHECK(static_cast<const shop::order_event*>(views[1].upcast(&event))->order_id == "o-1");
  CHECK(static_cast<const shop::audited*>(views[2].upcast(&event))->by == "nobody");
  const auto* domain = static_cast<const shop::domain_event*>(views[3].upcast(&event));
  CHECK(domain == &event);
  CHECK(domain->tenant == 1);
}

TEST_CASE("ids are dense and each type keeps its own") {
  const auto before = type_id_count();
  const auto a = type_id<shop::numbered<0>>(), b = type_id<shop::numbered<1>>();
  CHECK(a == before);
  CHECK(b == before + 1);
  CHECK(type_id<shop::numbered<0>>() == a);
  CHECK(event_type<shop::numbered<1>>().id() == b);
  CHECK(type_id_count() == before + 2);
}

TEST_CASE("threads that race for the first use agree on the id") {
  std::atomic<bool> go{false};
  std::vector<event_type_id> seen(4);
  std::vector<std::thread> threads;
  const auto before = type_id_count();
  for (auto& mine : seen)
    threads.emplace_back([&go, &mine] {
      while (!go.load()) std::this_thread::yield();
      mine = type_id<shop::numbered<9>>();
    });
  go.store(true);
  for (auto& thread : threads) thread.join();
  for (const auto id : seen) CHECK(id == before);
  CHECK(type_id_count() == before + 1);
}

TEST_CASE("copy, move and destroy work on raw memory, and say when a type cannot") {
  const auto& info = event_type<shop::audited>();
  alignas(shop::audited) std::byte a[sizeof(shop::audited)], b[sizeof(shop::audited)];
  shop::audited original;
  original.by = "a name that is too long for the small buffer of a string";
  info.copy(a, &original);
  info.move(b, a);
  CHECK(std::launder(reinterpret_cast<shop::audited*>(b))->by == original.by);
  info.destroy(a);
  info.destroy(b);
  CHECK_FALSE(bool(event_type<shop::pinned>().move));
  CHECK_FALSE(bool(event_type<shop::pinned>().copy));
  CHECK(bool(event_type<shop::move_only>().move));
  CHECK_FALSE(bool(event_type<shop::move_only>().copy));
}
