#include <ensue/app/digest.hpp>
#include <ensue/app/kill_switch.hpp>
#include <ensue/sim/world.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <tests/temporary_folder.hpp>
#include <vector>

using namespace ensue;

namespace {

struct base_event {
  int n = 0;
};
struct trade : base_event {
  static constexpr std::string_view event_name = "trade";
  using ensue_bases = bases<base_event>;
  trade(std::string s, int k) : base_event{k}, symbol{std::move(s)} {}
  std::string symbol;
};

std::string read(const std::string& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

kill_switch_options options(const std::string& file) {
  return {.file = file, .authority_sha256 = sha256_hex("open sesame")};
}

struct stage {
  explicit stage(kill_switch_options o) : k{b, std::move(o)} {}
  sim::world w;
  bus b{w.rt()};
  kill_switch k;
  int handled = 0;
  std::vector<std::string> told;
  subscription s = b.subscribe<trade>([this](const trade&) { ++handled; },
                                      {.name = "desk", .key = &trade::symbol, .component = "risk"});
  subscription s1 = b.subscribe<kill_switch_triggered>([this](const kill_switch_triggered& e) {
    told.push_back("triggered " + e.scope + ": " + e.reason);
  });
  subscription s2 = b.subscribe<kill_switch_reset>(
      [this](const kill_switch_reset& e) { told.push_back("reset " + e.scope + ": " + e.reason); });
  subscription s3 = b.subscribe<kill_switch_refused>([this](const kill_switch_refused& e) {
    told.push_back("refused " + e.scope + ": " + e.cause);
  });
};

using lines = std::vector<std::string>;

}  // namespace

TEST_CASE("scopes are written and read") {
  for (const char* text : {"app", "component:risk", "event:order.placed", "key:a:b"})
    CHECK(kill_scope::parse(text)->text() == text);
  for (const char* text : {"", "app:x", "component", "desk:risk"})
    CHECK(kill_scope::parse(text).error() == errc::invalid);
}

TEST_CASE("a trigger acts before the next handler and ahead of what is queued; once") {
  stage t{options("")};
  for (int i = 0; i < 3; ++i) CHECK_FALSE(t.b.try_post<trade>("A", i));
  CHECK(t.k.trigger("loss limit"));
  CHECK_FALSE(t.k.trigger("again"));
  t.w.run();
  CHECK(t.handled == 0);
  CHECK(t.k.active());
  CHECK(t.k.brakes().front().reason == "loss limit");
  CHECK(t.told == lines{"triggered app: loss limit"});  // their own subscribers are exempt
  CHECK(t.k.reset("open sesame"));
  t.w.run();
  CHECK(t.handled == 3);
  CHECK(t.b.total().balanced());
}

TEST_CASE("only authority resets; refusals are told") {
  stage t{options("")};
  (void)t.k.trigger("x");
  CHECK(t.k.reset("open sesamf").error() == errc::refused);
  CHECK(t.k.reset("").error() == errc::refused);
  CHECK(t.k.active());
  CHECK(t.k.reset("open sesame", kill_scope::key("A")).error() == errc::not_found);
  CHECK(t.k.reset("open sesame"));
  CHECK(t.told == lines{"triggered app: x", "refused app: wrong authority",
                        "refused app: wrong authority", "reset app: x"});
  stage nobody{{}};
  (void)nobody.k.trigger("x");
  CHECK(nobody.k.reset("").error() == errc::refused);
}

TEST_CASE("a key that is a number is held whatever its sign and length") {
  struct account {
    std::int64_t number;
  };
  struct large {
    std::uint64_t number;
  };
  for (const std::int64_t number : {std::int64_t{7}, std::int64_t{-5}, INT64_MIN, INT64_MAX}) {
    stage t{options("")};
    int handled = 0;
    auto s = t.b.subscribe<account>([&](const account&) { ++handled; }, {.key = &account::number});
    (void)t.k.trigger("x", kill_scope::key(std::to_string(number)));
    (void)t.b.emit<account>(number);
    (void)t.b.emit<account>(number ^ 1);
    CHECK_MESSAGE(handled == 1, number);
  }
  stage t{options("")};
  int handled = 0;
  auto s = t.b.subscribe<large>([&](const large&) { ++handled; }, {.key = &large::number});
  (void)t.k.trigger("x", kill_scope::key(std::to_string(UINT64_MAX)));
  (void)t.b.emit<large>(UINT64_MAX);
  CHECK(handled == 0);
}

TEST_CASE("component, event and key hold back what they name and no more") {
  stage t{options("")};
  int other = 0, base = 0;
  auto s = t.b.subscribe<trade>([&](const trade&) { ++other; });
  auto r = t.b.subscribe<base_event>([&](const base_event&) { ++base; });
  const auto emit_both = [&] {
    t.handled = other = base = 0;
    (void)t.b.emit<trade>("A", 1);
    (void)t.b.emit<trade>("B", 1);
    return std::to_string(t.handled) + std::to_string(other) + std::to_string(base);
  };
  CHECK(emit_both() == "222");
  (void)t.k.trigger("x", kill_scope::component("risk"));
  CHECK(emit_both() == "022");
  CHECK(t.k.reset("open sesame", kill_scope::component("risk")));
  (void)t.k.trigger("x", kill_scope::event("trade"));
  CHECK(emit_both() == "000");
  CHECK(t.k.reset("open sesame", kill_scope::event("trade")));
  (void)t.k.trigger("x", kill_scope::key("A"));
  CHECK(emit_both() == "122");  // who has no key cannot tell
  CHECK(t.k.active(kill_scope::key("A")));
  CHECK_FALSE(t.k.active(kill_scope::key("B")));
  CHECK(t.k.reset("open sesame", kill_scope::key("A")));
  CHECK(emit_both() == "222");
  CHECK(t.b.total().balanced());
}

TEST_CASE("state and audit survive a restart") {
  const temporary_folder f;
  const std::string file = f.file("kill");
  {
    stage t{options(file)};
    REQUIRE(t.k.open());
    (void)t.k.trigger("loss\tlimit\n", kill_scope::key("A"));
    (void)t.k.trigger("second");
    CHECK(t.k.reset("wrong").error() == errc::refused);
    CHECK(t.k.reset("open sesame"));
  }
  stage t{options(file)};
  REQUIRE(t.k.open());
  REQUIRE(t.k.brakes().size() == 1);
  CHECK(t.k.brakes()[0].scope == kill_scope::key("A"));
  CHECK(t.k.brakes()[0].reason == "loss\tlimit\n");
  CHECK(t.b.emit<trade>("A", 1).delivered == 0);
  const std::string text = read(file);
  CHECK(std::count(text.begin(), text.end(), '\n') == 4);
  CHECK(text.find("refused\tapp\twrong authority") != std::string::npos);
}

TEST_CASE("a file cut off anywhere is recovered; a cut trigger counts") {
  const temporary_folder f;
  const std::string file = f.file("kill");
  {
    stage t{options(file)};
    REQUIRE(t.k.open());
    (void)t.k.trigger("first", kill_scope::key("A"));
    (void)t.k.trigger("second");
  }
  const std::string whole = read(file);
  const std::size_t first = whole.find('\n') + 1;
  for (std::size_t size = first; size < whole.size(); ++size) {
    std::ofstream{file, std::ios::trunc} << whole.substr(0, size);
    stage t{options(file)};
    REQUIRE(t.k.open());
    const bool recognised = size >= first + std::string_view{"triggered\t"}.size();
    CHECK(t.k.brakes().size() == (recognised ? 2 : 1));
    CHECK(t.k.active(kill_scope::key("A")));
  }
}

TEST_CASE("a damaged file is refused with its line, and the app is held back") {
  const temporary_folder f;
  const std::string file = f.file("kill");
  {
    stage t{options(file)};
    REQUIRE(t.k.open());
    (void)t.k.trigger("first");
    (void)t.k.reset("open sesame");
  }
  std::string text = read(file);
  text[text.find("first")] = 'F';
  std::ofstream{file, std::ios::trunc} << text;
  {
    stage t{options(file)};
    CHECK(t.k.open().error() == errc::invalid);
    CHECK(t.k.problem() == file + ":1: checksum or form is wrong");
    CHECK(t.k.active());
    CHECK(t.b.emit<trade>("A", 1).delivered == 0);
  }
  kill_switch_options told = options(file);
  told.accept_damage = true;
  stage t{told};
  CHECK(t.k.open());
  CHECK(t.k.active());
  CHECK(std::filesystem::exists(file + ".damaged"));
  CHECK(t.k.reset("open sesame"));
}

TEST_CASE("a file in use is refused, and a reset that cannot be written is none") {
  const temporary_folder f;
  const std::string file = f.file("kill");
  stage t{options(file)};
  REQUIRE(t.k.open());
  stage u{options(file)};
  CHECK(u.k.open().error() == errc::exists);
  CHECK(u.k.reset("open sesame").error() == errc::refused);
  CHECK(u.k.active());
}

TEST_CASE("opening it a second time changes nothing") {
  const temporary_folder f;
  stage t{options(f.file("switch"))};
  REQUIRE(t.k.open());
  CHECK(t.k.open());
  CHECK_FALSE(t.k.active());
  t.k.trigger("drill");
  CHECK(t.k.open());
  CHECK(t.k.brakes().size() == 1);
  CHECK(t.k.reset("open sesame"));
  CHECK_FALSE(t.k.active());
}
