// kill -9 of a process that publishes, and of one that handles (R-01, R-02). ENSUE_ROUNDS: how
// often, 20 unless told.
#include <ensue/async/errors.hpp>
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/base/random.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <tests/temporary_folder.hpp>
#include <tests/testing_process.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

constexpr std::size_t publishers = 8;
constexpr std::size_t at_once = 5;

int rounds() {
  const char* const asked = std::getenv("ENSUE_ROUNDS");
  return asked ? std::atoi(asked) : 20;
}

cloud_event event_of(const std::string& id) {
  return {.id = id, .source = "kill", .type = "t", .data = R"({"some":"data"})"};
}

task<> publish_for_ever(transport& t, std::string prefix, int pipe) {
  for (int n = 0;; ++n) {
    std::vector<cloud_event> events;
    for (std::size_t i = 0; i < at_once; ++i)
      events.push_back(event_of(prefix + "." + std::to_string(n) + "." + std::to_string(i)));
    std::vector<std::string> ids;
    for (const cloud_event& e : events) ids.push_back(e.id);
    const std::vector<error_code> answers = co_await t.publish(std::move(events));
    for (std::size_t i = 0; i < answers.size(); ++i)
      if (!answers[i]) say(pipe, ids[i]);
  }
}

task<> publish_storm(loop_runtime& rt, std::string file, std::string prefix, int pipe) {
  transport t{rt, {.file = std::move(file)}};
  const auto opened = co_await open_with(t, survival::process);
  if (!opened) co_return say(pipe, "refused");
  scope s{rt};
  for (std::size_t i = 0; i < publishers; ++i)
    s.spawn("publisher", publish_for_ever(t, prefix + "." + std::to_string(i), pipe));
  co_await s.join();
}

std::set<std::string> stored_ids(const std::string& file) {
  const auto c = connection::open({.file = file}).value();
  CHECK(c->number("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check='ok'") == 1);
  std::set<std::string> ids;
  for (const stored_event& e : read_log(*c, 0, last_position(*c), SIZE_MAX / 2)) {
    CHECK_FALSE(e.damaged);
    CHECK(ids.insert(e.event.id).second);
  }
  return ids;
}

TEST_CASE("sqlite R-01: what was accepted is there, however often its process is killed") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db");
  random_stream random{7, "moments"};
  std::set<std::string> accepted;
  std::size_t extra = 0;
  for (int round = 0; round < rounds(); ++round) {
    testing_process child{[&](int pipe) {
      loop_runtime rt;
      block_on(rt, publish_storm(rt, file, std::to_string(round), pipe));
      return 0;
    }};
    const std::uint64_t words = 1 + random.below(200);
    for (std::uint64_t n = 0; n < words; ++n) accepted.insert(child.word());
    child.kill(SIGKILL);
    for (std::string id = child.word(); !id.empty(); id = child.word()) accepted.insert(id);
    const std::set<std::string> stored = stored_ids(file);
    std::size_t lost = 0;
    for (const std::string& id : accepted) lost += stored.contains(id) ? 0U : 1U;
    CHECK(lost == 0);
    const std::size_t extra_now = stored.size() - (accepted.size() - lost);
    CHECK(extra_now - extra <= publishers * at_once);
    extra = extra_now;
  }
  MESSAGE("accepted " << accepted.size() << ", lost 0, extra " << extra);
}

// Handles until it is killed: even ones with their effect in the transaction, odd ones into a file.
task<> handle_for_ever(transport& t, ensue::consumer& c, int ledger, int pipe) {
  for (;;) {
    const auto next = co_await c.next();
    if (!next) co_return say(pipe, next.error().text());
    const std::string id = next->event.id;
    const bool in_one = (id.back() - '0') % 2 == 0;
    if (in_one) {
      const auto effect = [id](tx& x) { x.execute("INSERT INTO effects VALUES(?1)", id); };
      (void)co_await t.transact(*next, effect);
    } else {
      say(ledger, id);
      const settlement ack;
      (void)co_await c.settle(next->token, ack);
    }
    say(pipe, "handled");
  }
}

task<> handle_storm(loop_runtime& rt, std::string file, std::string ledger, int pipe) {
  transport t{rt, {.file = std::move(file)}};
  const auto opened = co_await t.open();
  if (!opened) co_return say(pipe, opened.error().text());
  const int out = ::open(ledger.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  std::vector<std::unique_ptr<ensue::consumer>> consumers;
  for (int i = 0; i < 4; ++i) {
    consume_options o{.group = "g", .prefetch = 8, .from_oldest = true};
    auto joined = co_await t.consume(std::move(o));
    consumers.push_back(std::move(joined.value()));
  }
  scope s{rt};
  for (const auto& c : consumers) s.spawn("handler", handle_for_ever(t, *c, out, pipe));
  co_await s.join();
}

void publish_some(const std::string& file, int round, int count) {
  const auto c = connection::open({.file = file}).value();
  std::vector<cloud_event> events;
  for (int n = 0; n < count; ++n)
    events.push_back(event_of(std::to_string(round) + "." + std::to_string(n)));
  c->begin(true);
  append(*c, events, {});
  c->commit();
}

void make_file(const std::string& file) {
  loop_runtime rt;
  block_on(rt, [](loop_runtime& on, std::string name) -> task<> {
    transport t{on, {.file = std::move(name)}};
    (void)co_await t.open();
    const auto make = [](tx& x) { x.execute("CREATE TABLE effects(id TEXT)"); };
    (void)co_await t.transact(make);
    consume_options o{.group = "g", .from_oldest = true};
    const auto begun = co_await t.consume(std::move(o));  // the group is there from now on
    (void)co_await t.close(std::chrono::seconds{10});
  }(rt, file));
}

TEST_CASE("sqlite R-02: each event is handled, and has one effect where that is one transaction") {
  const temporary_folder folder;
  const std::string file = folder.file("a.db"), ledger = folder.file("ledger");
  make_file(file);
  random_stream random{9, "moments"};
  const int each = 30;
  const int last = rounds();
  for (int round = 0; round <= last; ++round) {
    publish_some(file, round, each);
    testing_process child{[&](int pipe) {
      loop_runtime rt;
      block_on(rt, handle_storm(rt, file, ledger, pipe));
      return 0;
    }};
    const auto left = [&] {
      const auto c = connection::open({.file = file}).value();
      return last_position(*c) + 1 - first_unsettled(*c);
    };
    std::uint64_t words = random.below(2 * each);
    for (; round == last ? left() > 0 : words > 0 && left() > 0; --words)
      REQUIRE(child.word() == "handled");
    child.kill(SIGKILL);
    while (!child.word().empty()) {
    }
  }
  std::map<std::string, int> effects;
  std::ifstream lines{ledger};
  for (std::string id; std::getline(lines, id);) ++effects[id];
  const auto c = connection::open({.file = file}).value();
  CHECK(read_dead(*c, "g", 10).empty());
  int again = 0;
  for (const std::string& id : stored_ids(file)) {
    if ((id.back() - '0') % 2 == 0) {
      CHECK(c->number("SELECT count(*) FROM effects WHERE id='" + id + "'") == 1);
    } else {
      CHECK_MESSAGE(effects[id] >= 1, id);
      again += effects[id] - 1;
    }
  }
  MESSAGE("events " << each * (last + 1) << ", handled again after a kill " << again);
}

}  // namespace
}  // namespace ensue::sqlite
