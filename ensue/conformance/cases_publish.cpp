#include <ensue/async/scope.hpp>
#include <ensue/conformance/cases.hpp>

#include <array>
#include <utility>

/// What is published arrives: whole, once, at every group, at one member of each.
namespace ensue::conformance {
namespace {

task<> all_arrive_once(stage& st) {
  const auto c = co_await st.join("g");
  const std::size_t n = st.scaled(100);
  co_await st.publish(1, n);
  const auto got = co_await st.receive(*c, n);
  st.each_once(got, 1, n);
  for (const delivery& d : got)
    st.check(d.event == st.event(number_of(d.event)), d.event.id + " was changed on its way");
  co_await st.silence(*c, "after all had come");
}

std::string every_byte() {
  std::string all;
  for (int b = 0; b < 256; ++b) all.push_back(static_cast<char>(b));
  return all;
}

std::vector<cloud_event> odd_events(const stage& st) {
  std::vector<cloud_event> all;
  cloud_event e = st.event(1, "key with space, \"quote\", \xc3\xbc");
  e.subject = "sub/\xe2\x82\xac?a=1#b";
  e.content_type = "application/octet-stream";
  e.schema = "https://example.com/schema#1";
  e.time = wall_time{std::chrono::nanoseconds{1'700'000'000'123'456'789}};
  e.set_extension("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  e.set_extension("tracestate", "a=1,b=2");
  e.set_extension("correlationid", "c-1");
  e.set_extension("causationid", "c-0");
  e.set_extension("expirytime", "2030-01-01T00:00:00Z");
  e.set_extension("sequence", "00000042");
  e.data = every_byte();
  all.push_back(e);
  e = st.event(2);
  e.data.clear();
  all.push_back(e);
  e = st.event(3);
  e.data = "{\"text\":\"gr\xc3\xbc\xc3\x9f \xf0\x9f\x8c\x8d\"}";
  e.set_extension("a", std::string(1000, 'x'));
  e.set_extension("abcdefghij0123456789", "100% \xe2\x82\xac \"\\");
  all.push_back(e);
  e = st.event(4);
  e.content_type = "text/plain; charset=utf-8";
  e.data = "line\r\nline\n";
  for (int i = 0; i < 40; ++i) e.set_extension("x" + std::to_string(i), std::to_string(i));
  all.push_back(e);
  return all;
}

// Which part of an event is not as it was.
std::string difference(const cloud_event& was, const cloud_event& is) {
  if (was.source != is.source) return "source";
  if (was.type != is.type) return "type";
  if (was.subject != is.subject) return "subject";
  if (was.content_type != is.content_type) return "content type";
  if (was.schema != is.schema) return "schema";
  if (was.time != is.time) return "time";
  if (was.data != is.data) return "data";
  for (const auto& a : was.extensions) {
    const std::string* const value = is.extension(a.name);
    if (!value || *value != a.value) return "extension " + a.name;
  }
  return was.extensions.size() == is.extensions.size() ? "" : "extensions that were not there";
}

task<> envelope_is_exact(stage& st) {
  const auto c = co_await st.join("g");
  const auto sent = odd_events(st);
  co_await st.publish(st.out(), sent);
  const auto got = co_await st.receive(*c, sent.size());
  st.each_once(got, 1, sent.size());
  for (const delivery& d : got) {
    const std::string what = difference(sent.at(number_of(d.event) - 1), d.event);
    st.check(what.empty(), d.event.id + ": " + what + " is not as it was published");
  }
}

task<> deadline_travels(stage& st) {
  const auto c = co_await st.join("g");
  cloud_event e = st.event(1);
  e.set_extension("expirytime", "2001-01-01T00:00:00Z");  // over: the bus counts it, not we
  co_await st.publish(std::move(e));
  const auto d = co_await st.take(*c, "an event whose deadline has passed");
  const std::string* const value = d.event.extension("expirytime");
  st.check(value && *value == "2001-01-01T00:00:00Z", "expirytime is not as it was published");
  co_await st.settle(*c, d);
}

task<> trace_travels(stage& st) {
  const auto c = co_await st.join("g");
  const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  cloud_event e = st.event(1);
  e.set_extension("traceparent", parent);
  e.set_extension("tracestate", "vendor=opaque");
  co_await st.publish(std::move(e));
  const auto d = co_await st.take(*c, "the event");
  const std::string* const value = d.event.extension("traceparent");
  st.check(value && *value == parent, "traceparent is not as it was published");
  st.check(d.event.extension("tracestate") != nullptr, "tracestate is gone");
  co_await st.settle(*c, d);
}

task<> largest_event(stage& st) {
  const auto c = co_await st.join("g");
  const std::size_t most = st.features().event_bytes_max;
  cloud_event fits = st.event(1);
  fits.data.resize(fits.data.size() + most - bytes_of(fits), '7');
  cloud_event beyond = fits;
  beyond.id = st.id(2);  // as long as the first
  beyond.data += '7';
  std::vector<cloud_event> both{beyond, fits};
  const auto answers = co_await st.out().publish(std::move(both));
  st.need(answers.size() == 2, "publish: not one answer for each event");
  st.check(answers[0] == errc::invalid, "one byte beyond event_bytes_max was not errc::invalid");
  st.check(!answers[1], "an event of event_bytes_max was refused: " + answers[1].message());
  const auto d = co_await st.take(*c, "an event of event_bytes_max");
  st.check(d.event == fits, "an event of event_bytes_max was changed on its way");
  co_await st.settle(*c, d);
  co_await st.silence(*c, "although it is too big");
}

task<> malformed_is_refused(stage& st) {
  const auto c = co_await st.join("g");
  std::vector<cloud_event> events{st.event(1), st.event(2), st.event(3), st.event(4)};
  events[1].id.clear();
  events[2].extensions.push_back({"Not-A-Name", "x"});
  const auto answers = co_await st.out().publish(std::move(events));
  st.need(answers.size() == 4, "publish: not one answer for each event");
  st.check(!answers[0] && !answers[3], "a good event beside malformed ones was refused");
  st.check(answers[1] == errc::invalid, "an event without id was not errc::invalid");
  st.check(answers[2] == errc::invalid, "an extension `Not-A-Name` was not errc::invalid");
  const auto got = co_await st.drain(*c);
  std::string ids;
  for (const delivery& d : got) ids += d.event.id + " ";
  st.check(ids == st.id(1) + " " + st.id(4) + " ", "came: " + ids + "instead of the two good ones");
}

task<> types_are_chosen(stage& st) {
  const std::array<std::string, 3> patterns{"order.*", "payment.done", ">"};
  std::array<std::unique_ptr<consumer>, 3> members;
  for (std::size_t i = 0; i < 3; ++i) {
    consume_options o = st.group("g" + std::to_string(i));
    o.types = {patterns[i]};
    members[i] = co_await st.join(st.in(), std::move(o));
  }
  std::vector<cloud_event> events{st.event(1), st.event(2), st.event(3)};
  events[0].type = "order.placed";
  events[1].type = "payment.done";
  events[2].type = "order.line.added";
  co_await st.publish(st.out(), events);
  const auto orders = co_await st.drain(*members[0]);
  st.each_once(orders, 1, 1);
  const auto payments = co_await st.drain(*members[1]);
  st.each_once(payments, 2, 2);
  const auto all = co_await st.drain(*members[2]);
  st.each_once(all, 1, 3);
}

task<> groups_get_all(stage& st) {
  const auto a = co_await st.join("a");
  const auto b = co_await st.join("b");
  const std::size_t n = st.scaled(50);
  co_await st.publish(1, n);
  const auto got_a = co_await st.receive(*a, n);
  st.each_once(got_a, 1, n);
  const auto got_b = co_await st.receive(*b, n);
  st.each_once(got_b, 1, n);
}

task<> receive_into(stage& st, consumer& c, std::vector<delivery>& all) {
  auto got = co_await st.drain(c);
  for (delivery& d : got) all.push_back(std::move(d));
}

task<> members_share(stage& st) {
  std::vector<std::unique_ptr<consumer>> members;
  for (int i = 0; i < 8; ++i) {
    auto joined = co_await st.join("g");
    members.push_back(std::move(joined));
  }
  const std::size_t n = st.scaled(160);
  co_await st.publish(1, n);
  std::vector<delivery> got;
  scope s{st.rt()};
  for (const auto& m : members) s.spawn("member", receive_into(st, *m, got));
  co_await s.join();
  st.each_once(got, 1, n);
}

task<> publish_each(stage& st, transport& at, std::size_t first, std::size_t last) {
  for (std::size_t n = first; n <= last; ++n) {
    std::vector<cloud_event> one{st.event(n)};
    co_await st.publish(at, std::move(one));
  }
}

task<> many_publishers(stage& st) {
  const auto c = co_await st.join("g");
  const std::size_t each = st.scaled(20);
  transport* const shared = co_await st.open();
  {
    scope s{st.rt()};
    for (std::size_t p = 0; p < 10; ++p)
      s.spawn("publisher", publish_each(st, *shared, p * each + 1, (p + 1) * each));
    co_await s.join();
  }
  const auto closed = co_await shared->close(st.on().patience);
  st.check(closed.has_value(), "close of a publisher failed");
  const auto got = co_await st.receive(*c, 10 * each);
  st.each_once(got, 1, 10 * each);
}

task<> many_types_at_once(stage& st) {
  std::vector<std::unique_ptr<consumer>> members;
  for (std::size_t t = 0; t < 10; ++t) {
    consume_options o = st.group("g" + std::to_string(t));
    o.types = {"type" + std::to_string(t)};
    auto joined = co_await st.join(st.in(), std::move(o));
    members.push_back(std::move(joined));
  }
  std::vector<cloud_event> events;
  for (std::size_t n = 0; n < 100; ++n) {
    events.push_back(st.event(n + 1));
    events.back().type = "type" + std::to_string(n / 10);
  }
  co_await st.publish(st.out(), std::move(events));
  for (std::size_t t = 0; t < 10; ++t) {
    const auto got = co_await st.receive(*members[t], 10);
    st.each_once(got, t * 10 + 1, t * 10 + 10);
  }
}

task<> own_comes_back(stage& st) {
  const auto c = co_await st.join("g");
  std::vector<cloud_event> own{st.event(1)};
  co_await st.publish(st.in(), std::move(own));
  const auto got = co_await st.take(*c, "what the same connection published");
  co_await st.settle(*c, got);
}

task<> own_is_skipped(stage& st) {
  const auto c = co_await st.join("g");
  std::vector<cloud_event> own{st.event(1)};
  co_await st.publish(st.in(), std::move(own));
  co_await st.silence(*c, "although the same connection published it");
}

task<> copies_are_dropped(stage& st) {
  const auto c = co_await st.join("g");
  for (int i = 0; i < 3; ++i) co_await st.publish(1, 2);
  const auto got = co_await st.drain(*c);
  st.each_once(got, 1, 2);
  co_await st.publish(1, 3);
  const auto after = co_await st.drain(*c);
  st.each_once(after, 3, 3);
}

task<> copies_all_come(stage& st) {
  const auto c = co_await st.join("g");
  for (int i = 0; i < 3; ++i) co_await st.publish(1, 1);
  const auto got = co_await st.drain(*c);
  st.check(got.size() == 3, "of 3 publishings of one event " + std::to_string(got.size()) +
                                " came; set the flag dedupes");
}

}  // namespace

std::span<const test_case> publish_cases() {
  static constexpr std::array all{
      test_case{"all_arrive_once", "",
                "pubsub/TestPublishSubscribe in-memory/TestPublishSubscribe_not_persistent",
                all_arrive_once},
      test_case{"envelope_is_exact", "",
                "in-memory/TestPublishSubscribe_context_preserved "
                "in-memory/TestPublishSubscribe_not_persistent_with_context",
                envelope_is_exact},
      test_case{"deadline_travels", "", "", deadline_travels},
      test_case{"trace_travels", "", "", trace_travels},
      test_case{"largest_event", "", "", largest_event},
      test_case{"malformed_is_refused", "", "", malformed_is_refused},
      test_case{"types_are_chosen", "", "pubsub/TestTopic", types_are_chosen},
      test_case{"many_types_at_once", "", "", many_types_at_once},
      test_case{"groups_get_all", "", "", groups_get_all},
      test_case{"members_share", "", "", members_share},
      test_case{"many_publishers", "", "", many_publishers},
      test_case{"own_comes_back", "!skips_own", "", own_comes_back},
      test_case{"own_is_skipped", "skips_own", "", own_is_skipped},
      test_case{"copies_are_dropped", "dedupes", "dedup/TestDeduplicatorPublisherDecorator",
                copies_are_dropped},
      test_case{"copies_all_come", "!dedupes", "", copies_all_come},
  };
  return all;
}

}  // namespace ensue::conformance
