#include <ensue/async/deadline.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/base/duration_text.hpp>
#include <ensue/conformance/stage.hpp>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

namespace ensue::conformance {
namespace {

constexpr std::size_t faults_max = 20;  // of a case: a report is read by people

// Adds "and 3 more" to the first of a list.
std::string some_of(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 3); ++i)
    out += (i ? ", " : "") + names[i];
  return names.size() > 3 ? out + " and " + std::to_string(names.size() - 3) + " more" : out;
}

}  // namespace

std::size_t number_of(const cloud_event& e) noexcept {
  const std::size_t dash = e.id.rfind('-');
  std::size_t n = 0;
  if (dash == std::string::npos) return 0;
  const auto [end, ec] = std::from_chars(e.id.data() + dash + 1, e.id.data() + e.id.size(), n);
  return ec == std::errc{} && end == e.id.data() + e.id.size() ? n : 0;
}

std::size_t stage::scaled(std::size_t n) const noexcept {
  return std::max<std::size_t>(n * subject_.percent / 100, std::min<std::size_t>(n, 10));
}

bool stage::check(bool holds, std::string_view otherwise) {
  if (!holds && faults_.size() < faults_max) faults_.emplace_back(otherwise);
  return holds;
}

void stage::need(bool holds, std::string_view otherwise) {
  if (!check(holds, otherwise)) throw case_ended{};
}

void stage::skip(std::string_view why) {
  excuse_ = why;
  throw case_ended{};
}

task<> stage::begin() {
  co_await open();
  co_await open();
}

task<transport*> stage::open() {
  auto made = subject_.make(space_);
  const auto given = co_await made->open();
  need(given.has_value(), given ? "" : "open: " + given.error().text());
  connections_.push_back(std::move(made));
  co_return connections_.back().get();
}

void stage::lose(transport* t) {
  std::erase_if(connections_, [&](const auto& each) { return each.get() == t; });
}

task<> stage::end() {
  for (const auto& each : connections_) {
    const auto closed = co_await each->close(subject_.patience);
    check(closed.has_value(), closed ? "" : "close: " + closed.error().message());
  }
}

consume_options stage::group(std::string name) const {
  return {.group = std::move(name), .prefetch = 256, .lease = subject_.lease * 20};
}

task<std::unique_ptr<consumer>> stage::join(std::string name) {
  consume_options o = group(std::move(name));
  return join(in(), std::move(o));
}

task<std::unique_ptr<consumer>> stage::join(transport& at, consume_options o) {
  auto joined = co_await at.consume(std::move(o));
  need(joined.has_value(), joined ? "" : "consume: " + joined.error().text());
  co_return std::move(*joined);
}

cloud_event stage::event(std::size_t n, std::string key) const {
  cloud_event e{.id = id(n),
                .source = "/ensue/conformance",
                .type = "conformance.note",
                .data = "{\"n\":" + std::to_string(n) + "}"};
  if (!key.empty()) e.set_extension("partitionkey", std::move(key));
  return e;
}

task<> stage::publish(transport& at, std::vector<cloud_event> events) {
  const std::size_t count = events.size();
  const auto answers = co_await at.publish(std::move(events));
  need(answers.size() == count, "publish: " + std::to_string(answers.size()) + " answers for " +
                                    std::to_string(count) + " events");
  for (std::size_t i = 0; i < count; ++i)
    check(!answers[i], "publish: event " + std::to_string(i) + ": " + answers[i].message());
}

task<> stage::publish(std::size_t first, std::size_t last, std::size_t keys) {
  std::vector<cloud_event> events;
  for (std::size_t n = first; n <= last; ++n)
    events.push_back(event(n, keys ? "k" + std::to_string(n % keys) : ""));
  return publish(out(), std::move(events));
}

task<> stage::publish(cloud_event e) {
  std::vector<cloud_event> events;
  events.push_back(std::move(e));
  return publish(out(), std::move(events));
}

task<std::optional<delivery>> stage::next(consumer& c, duration d) {
  std::optional<delivery> got;
  std::string ended;
  try {
    auto came = co_await with_timeout(rt(), d, c.next());
    if (came)
      got = std::move(*came);
    else
      ended = came.error().text();
  } catch (const system_error& e) {
    if (e.code() != errc::timed_out) throw;
  }
  need(ended.empty(), "next ended: " + ended);
  co_return got;
}

task<delivery> stage::take(consumer& c, std::string what) {
  auto got = co_await next(c, subject_.patience);
  need(got.has_value(), what + " did not come within " + text(subject_.patience));
  co_return std::move(*got);
}

task<> stage::settle(consumer& c, const delivery& d, settlement::kind how, duration wait) {
  settlement s{.what = how, .wait = wait, .reason = "the case gives it up"};
  const std::string id = d.event.id;
  const auto settled = co_await c.settle(d.token, std::move(s));
  check(settled.has_value(), settled ? "" : "settle " + id + ": " + settled.error().message());
}

task<std::vector<delivery>> stage::receive(consumer& c, std::size_t n) {
  std::vector<delivery> all;
  while (all.size() < n) {
    auto got = co_await next(c, subject_.patience);
    if (!got) break;
    all.push_back(std::move(*got));
    co_await settle(c, all.back());
  }
  co_return all;
}

task<std::vector<delivery>> stage::drain(consumer& c) {
  std::vector<delivery> all;
  for (;;) {
    auto got = co_await next(c, subject_.quiet);
    if (!got) co_return all;
    all.push_back(std::move(*got));
    co_await settle(c, all.back());
  }
}

task<> stage::silence(consumer& c, std::string where) {
  const auto got = co_await next(c, subject_.quiet);
  check(!got, got ? got->event.id + " came " + where : "");
}

task<> stage::until(std::function<bool()> holds, std::string what) {
  const time_point last = saturating_add(rt().now(), subject_.patience);
  while (!holds() && rt().now() < last) co_await sleep_for(rt(), std::chrono::milliseconds{1});
  need(holds(), what + ": not in time");
}

void stage::missing(const std::vector<delivery>& got, std::size_t first, std::size_t last) {
  std::set<std::string> there;
  for (const delivery& d : got) there.insert(d.event.id);
  std::vector<std::string> lost;
  for (std::size_t n = first; n <= last; ++n)
    if (!there.erase(id(n))) lost.push_back(id(n));
  check(lost.empty(), "did not come: " + some_of(lost));
  check(there.empty(), "was never published: " + some_of({there.begin(), there.end()}));
}

void stage::each_once(const std::vector<delivery>& got, std::size_t first, std::size_t last) {
  missing(got, first, last);
  std::map<std::string, int> times;
  std::vector<std::string> again;
  std::vector<std::string> wrongly_marked;
  for (const delivery& d : got) {
    if (++times[d.event.id] == 2) again.push_back(d.event.id);
    if (d.attempt != 1) wrongly_marked.push_back(d.event.id);
  }
  check(again.empty(), "came more than once: " + some_of(again));
  check(wrongly_marked.empty(),
        "is no first attempt although nothing failed: " + some_of(wrongly_marked));
}

void stage::none_lost(const std::vector<delivery>& got, std::size_t first, std::size_t last) {
  missing(got, first, last);
  std::set<std::string> seen;
  std::vector<std::string> unmarked;
  for (const delivery& d : got)
    if (!seen.insert(d.event.id).second && !marked(d)) unmarked.push_back(d.event.id);
  check(unmarked.empty(), "came again and is not marked: " + some_of(unmarked));
}

void stage::in_order(const std::vector<delivery>& got) {
  std::map<std::string, std::size_t> last;
  std::vector<std::string> wrong;
  for (const delivery& d : got) {
    std::size_t& before = last[std::string{lane_key(d.event)}];
    if (number_of(d.event) < before) wrong.push_back(d.event.id);
    before = std::max(before, number_of(d.event));
  }
  check(wrong.empty(), "came after a later one of its key: " + some_of(wrong));
}

}  // namespace ensue::conformance
