// Two processes share one group: no event in two hands within a lease, keys in order over both.
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <poll.h>
#include <string>
#include <tests/temporary_folder.hpp>
#include <tests/testing_process.hpp>
#include <vector>

namespace ensue::sqlite {
namespace {

constexpr int events = 300;
constexpr int keys = 13;

task<> handle(loop_runtime& rt, ensue::consumer& c, int ledger, int pipe, std::string who) {
  for (;;) {
    const auto next = co_await c.next();
    if (!next) co_return say(pipe, next.error().text());
    const std::string line = " " + next->event.id + " " + who;
    say(ledger, "begin" + line);
    co_await sleep_for(rt, std::chrono::milliseconds{1});
    say(ledger, "end" + line);
    const settlement ack;
    const auto done = co_await c.settle(next->token, ack);
    say(pipe, done ? "handled" : done.error().message());
  }
}

task<> member(loop_runtime& rt, std::string file, std::string ledger, int pipe, std::string who) {
  transport t{rt, {.file = std::move(file)}};
  const auto opened = co_await t.open();
  if (!opened) co_return say(pipe, opened.error().text());
  const int out = ::open(ledger.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  std::vector<std::unique_ptr<ensue::consumer>> consumers;
  for (int i = 0; i < 3; ++i) {
    consume_options o{.group = "g", .prefetch = 4, .from_oldest = true};
    auto joined = co_await t.consume(std::move(o));
    consumers.push_back(std::move(joined.value()));
  }
  scope s{rt};
  for (const auto& c : consumers) s.spawn("handler", handle(rt, *c, out, pipe, who));
  co_await s.join();
}

void publish_all(const std::string& file) {
  loop_runtime rt;
  block_on(rt, [](loop_runtime& on, std::string name) -> task<> {
    transport t{on, {.file = std::move(name)}};
    (void)co_await t.open();
    std::vector<cloud_event> all;
    for (int n = 0; n < events; ++n) {
      cloud_event e{.id = std::to_string(n), .source = "s", .type = "t"};
      if (n % keys) e.set_extension("partitionkey", std::to_string(n % keys));
      all.push_back(std::move(e));
    }
    (void)co_await t.publish(std::move(all));
    consume_options o{.group = "g", .from_oldest = true};
    const auto begun = co_await t.consume(std::move(o));  // the group is there from now on
    (void)co_await t.close(std::chrono::seconds{10});
  }(rt, file));
}

struct ledger_sum {
  std::map<int, int> begun, ended;
  std::map<std::string, int> by;
  int overlaps = 0, disorders = 0;
};

// `dead` was killed: what it had begun and not ended is nobody's any more.
ledger_sum read_ledger(const std::string& path, const std::string& dead) {
  ledger_sum sum;
  std::map<int, std::pair<int, std::string>> running;  // key: event, who
  std::map<int, int> newest;
  std::ifstream file{path};
  std::string what, who;
  for (int id = 0; file >> what >> id >> who;) {
    const int key = id % keys;
    if (what == "end") {
      ++sum.ended[id];
      if (key) running.erase(key);
      continue;
    }
    ++sum.begun[id];
    ++sum.by[who];
    if (!key) continue;
    if (const auto it = running.find(key); it != running.end() && it->second.second != dead)
      ++sum.overlaps;
    running[key] = {id, who};
    if (newest.contains(key) && id < newest[key]) ++sum.disorders;
    newest[key] = id;
  }
  return sum;
}

// A minute at most; looks again after a while without a sleep: a poll that nothing ends.
void wait_until(const std::function<bool()>& holds) {
  for (int n = 0; n < 3000 && !holds(); ++n) ::poll(nullptr, 0, 20);
  CHECK(holds());
}

ledger_sum run_two(bool kill_one) {
  const temporary_folder folder;
  const std::string file = folder.file("a.db"), ledger = folder.file("ledger");
  publish_all(file);
  const auto start = [&](const char* who) {
    return std::make_unique<testing_process>([&, who](int pipe) {
      loop_runtime rt;
      block_on(rt, member(rt, file, ledger, pipe, who));
      return 0;
    });
  };
  const auto one = start("one");
  const auto two = start("two");
  const auto left = [&] {
    const auto c = connection::open({.file = file}).value();
    return last_position(*c) + 1 - first_unsettled(*c);
  };
  for (int n = 0; n < 30; ++n) {
    CHECK(one->word() == "handled");
    CHECK(two->word() == "handled");
  }
  if (kill_one) {
    one->kill(SIGKILL);
    while (!one->word().empty()) {
    }
  }
  // Whoever is left says a word for each that it handles; the pipes hold far more than all.
  wait_until([&] { return left() == 0; });
  one->kill(SIGKILL);
  two->kill(SIGKILL);
  return read_ledger(ledger, kill_one ? "one" : "");
}

TEST_CASE("sqlite: two processes in one group, each event to one, keys in order over both") {
  const ledger_sum sum = run_two(false);
  CHECK(sum.begun.size() == events);
  for (const auto& [id, times] : sum.begun) CHECK_MESSAGE(times == 1, id);
  CHECK(sum.overlaps == 0);
  CHECK(sum.disorders == 0);
  CHECK(sum.by.at("one") >= 30);
  CHECK(sum.by.at("two") >= 30);
}

TEST_CASE("sqlite: one of two is killed, the other has all, in order") {
  const ledger_sum sum = run_two(true);
  CHECK(sum.ended.size() == events);
  CHECK(sum.overlaps == 0);
  CHECK(sum.disorders == 0);
  int twice = 0;
  for (const auto& [id, times] : sum.begun) twice += times - 1;
  CHECK(twice <= 12);  // what the dead one had claimed
}

}  // namespace
}  // namespace ensue::sqlite
