#include <ensue/async/errors.hpp>
#include <ensue/conformance/cases.hpp>

#include <array>
#include <utility>

/// What was published before: for new groups, for groups that were away, and replayed.
namespace ensue::conformance {
namespace {

task<std::unique_ptr<consumer>> join_from_oldest(stage& st, std::string name) {
  consume_options o = st.group(std::move(name));
  o.from_oldest = true;
  return st.join(st.in(), std::move(o));
}

task<> new_group_sees_old(stage& st) {
  const auto first = co_await join_from_oldest(st, "a");
  co_await st.publish(1, 20);
  const auto got = co_await st.receive(*first, 20);
  st.each_once(got, 1, 20);
  for (const std::string name : {"b", "c"}) {
    const auto late = co_await join_from_oldest(st, name);
    const auto old = co_await st.receive(*late, 20);
    st.each_once(old, 1, 20);
  }
  co_await st.publish(21, 30);
  const auto fresh = co_await st.receive(*first, 10);
  st.each_once(fresh, 21, 30);
  co_await st.silence(*first, "a second time");
}

task<> new_group_begins_now(stage& st) {
  co_await st.publish(1, 10);
  const auto c = co_await st.join("g");
  co_await st.publish(11, 15);
  const auto got = co_await st.drain(*c);
  st.each_once(got, 11, 15);
}

task<> old_is_gone(stage& st) {
  co_await st.publish(1, 10);
  consume_options o = st.group("g");
  o.from_oldest = true;
  auto joined = co_await st.in().consume(std::move(o));
  if (!joined) {
    st.check(joined.error().code == errc::invalid,
             "from_oldest was refused, and not as errc::invalid: " + joined.error().text());
    co_return;
  }
  co_await st.silence(**joined, "although it was published before; set the flag keeps_old");
}

// Watermill's ContinueAfterSubscribeClose: a group whose members come and go misses nothing.
task<> group_keeps_its_place(stage& st) {
  (void)co_await st.join("g");
  std::vector<delivery> all;
  const std::size_t n = st.scaled(20);
  for (std::size_t batch = 0; batch < 5; ++batch) {
    co_await st.publish(batch * n + 1, (batch + 1) * n);
    const auto c = co_await st.join("g");
    const auto got = co_await st.receive(*c, n);
    all.insert(all.end(), got.begin(), got.end());
    c->stop();
  }
  st.each_once(all, 1, 5 * n);
}

task<> group_forgets_its_place(stage& st) {
  auto c = co_await st.join("g");
  c.reset();
  co_await st.publish(1, 5);
  c = co_await st.join("g");
  co_await st.silence(*c, "although no member was there; set the flag groups");
}

task<std::vector<delivery>> replayed(stage& st, replay_options o) {
  std::vector<delivery> all;
  const auto keep = [&all](const delivery& d) -> task<> {
    all.push_back(d);
    co_return;
  };
  const auto count = co_await st.in().replay(std::move(o), keep);
  st.need(count.has_value(), count ? "" : "replay: " + count.error().text());
  st.check(*count == all.size(), "replay: says " + std::to_string(*count) + ", and handed out " +
                                     std::to_string(all.size()));
  co_return all;
}

wall_time at_second(std::size_t n) {
  return wall_time{std::chrono::seconds{1'700'000'000 + static_cast<std::int64_t>(n)}};
}

// 1 to 12: of three types, two keys, a second apart.
task<> publish_twelve(stage& st) {
  std::vector<cloud_event> events;
  for (std::size_t n = 1; n <= 12; ++n) {
    events.push_back(st.event(n, n % 2 ? "odd" : "even"));
    events.back().type = "type" + std::to_string(n % 3);
    events.back().time = at_second(n);
  }
  return st.publish(st.out(), std::move(events));
}

std::string numbers(const std::vector<delivery>& all) {
  std::string text;
  for (const delivery& d : all) text += std::to_string(number_of(d.event)) + " ";
  return text;
}

void same(stage& st, const std::vector<delivery>& got, std::string_view expected,
          std::string_view what) {
  st.check(numbers(got) == expected, "replay " + std::string{what} + ": " + numbers(got) +
                                         "instead of " + std::string{expected});
}

task<> replay_gives_all(stage& st) {
  co_await publish_twelve(st);
  replay_options everything{};
  const auto all = co_await replayed(st, everything);
  same(st, all, "1 2 3 4 5 6 7 8 9 10 11 12 ", "of all");
  for (const delivery& d : all) st.check(!d.position.empty(), "a replayed event has no position");
  replay_options three{.most = 3};
  const auto few = co_await replayed(st, std::move(three));
  same(st, few, "1 2 3 ", "of at most three");
}

task<> replay_from_a_position(stage& st) {
  co_await publish_twelve(st);
  replay_options everything{};
  const auto all = co_await replayed(st, everything);
  st.need(all.size() == 12, "replay: not all came");
  replay_options after{.after = all[6].position};
  const auto rest = co_await replayed(st, std::move(after));
  same(st, rest, "8 9 10 11 12 ", "after the seventh");
  replay_options end{.after = all[11].position};
  const auto none = co_await replayed(st, std::move(end));
  same(st, none, "", "after the last");
}

task<> replay_chooses(stage& st) {
  co_await publish_twelve(st);
  replay_options time{.since = at_second(3), .until = at_second(5)};
  const auto by_time = co_await replayed(st, std::move(time));
  same(st, by_time, "3 4 5 ", "by time");
  replay_options type{.types = {"type1"}};
  const auto by_type = co_await replayed(st, std::move(type));
  same(st, by_type, "1 4 7 10 ", "by type");
  replay_options key{.key = "even"};
  const auto by_key = co_await replayed(st, std::move(key));
  same(st, by_key, "2 4 6 8 10 12 ", "by key");
  replay_options both{.types = {"type0", "type2"}, .key = "odd"};
  const auto by_both = co_await replayed(st, std::move(both));
  same(st, by_both, "3 5 9 11 ", "by type and key");
}

task<> replay_disturbs_nobody(stage& st) {
  const auto c = co_await st.join("g");
  co_await publish_twelve(st);
  const auto first = co_await st.receive(*c, 5);
  replay_options everything{};
  const auto all = co_await replayed(st, everything);
  st.check(all.size() == 12, "replay: what was settled does not come");
  const auto rest = co_await st.receive(*c, 7);
  auto both = first;
  both.insert(both.end(), rest.begin(), rest.end());
  st.each_once(both, 1, 12);
  co_await st.silence(*c, "after a replay");
}

task<> replay_ends_by_throwing(stage& st) {
  co_await publish_twelve(st);
  std::size_t seen = 0;
  bool thrown = false;
  const auto give_up = [&seen](const delivery&) -> task<> {
    if (++seen == 4) throw std::runtime_error{"enough"};
    co_return;
  };
  replay_options everything{};
  try {
    (void)co_await st.in().replay(everything, give_up);
  } catch (const std::runtime_error& e) {
    thrown = std::string_view{e.what()} == "enough";
  }
  st.check(thrown, "what the reader of a replay throws does not come out");
  st.check(seen == 4, "a replay went on although its reader threw");
}

task<> replay_names_a_wrong_place(stage& st) {
  co_await publish_twelve(st);
  replay_options wrong{.after = "last week"};
  const auto nobody = [](const delivery&) -> task<> { co_return; };
  const auto count = co_await st.in().replay(std::move(wrong), nobody);
  st.need(count.has_error(), "a position that is none was accepted");
  st.check(count.error().code == errc::invalid, "a position that is none was not errc::invalid");
  st.check(count.error().text().find("last week") != std::string::npos,
           "the error does not name the position: " + count.error().text());
}

task<> replay_is_refused(stage& st) {
  const auto nobody = [](const delivery&) -> task<> { co_return; };
  replay_options everything{};
  const auto count = co_await st.in().replay(everything, nobody);
  st.check(count.has_error() && count.error().code == errc::invalid,
           "replay was not errc::invalid; set the flag replays");
}

}  // namespace

std::span<const test_case> history_cases() {
  static constexpr std::array all{
      test_case{"new_group_sees_old", "keeps_old", "pubsub/TestNewSubscriberReceivesOldMessages",
                new_group_sees_old},
      test_case{"new_group_begins_now", "", "", new_group_begins_now},
      test_case{"old_is_gone", "!keeps_old", "", old_is_gone},
      test_case{"group_keeps_its_place", "groups", "", group_keeps_its_place},
      test_case{"group_forgets_its_place", "!groups", "", group_forgets_its_place},
      test_case{"replay_gives_all", "replays", "", replay_gives_all},
      test_case{"replay_from_a_position", "replays", "", replay_from_a_position},
      test_case{"replay_chooses", "replays", "", replay_chooses},
      test_case{"replay_disturbs_nobody", "replays", "", replay_disturbs_nobody},
      test_case{"replay_ends_by_throwing", "replays", "", replay_ends_by_throwing},
      test_case{"replay_names_a_wrong_place", "replays", "", replay_names_a_wrong_place},
      test_case{"replay_is_refused", "!replays", "", replay_is_refused},
  };
  return all;
}

}  // namespace ensue::conformance
