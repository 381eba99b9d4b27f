#include <ensue/event/cloud_envelope.hpp>

#include <doctest/doctest.h>

namespace ensue {
namespace {

using namespace std::chrono_literals;

const moment here{time_point{5s}, wall_time{1'700'000'000s}};
const moment there{time_point{900s}, wall_time{1'700'000'001s}};

uuid numbered(std::uint8_t n) {
  uuid id;
  id.bytes[6] = 0x70;
  id.bytes[8] = 0x80;
  id.bytes[15] = n;
  return id;
}

TEST_CASE("cloud envelope: everything an envelope says arrives") {
  envelope env;
  env.id = numbered(1);
  env.correlation = numbered(2);
  env.causation = numbered(3);
  env.time = wall_time{1'699'999'999s};
  env.deadline = here.now + 10s;
  env.depth = 4;
  env.replay = replay_mark::with_effects;
  env.edit([](envelope_text& t) {
    t.source = "/shop";
    t.subject = "order 7";
    t.key = "7";
    t.trace.trace_id[0] = 1;
    t.trace.span_id[0] = 2;
    t.trace_state = "a=b";
  });
  const cloud_event e = to_cloud_event(env, "order.placed", 3, "{}", "other", here);
  CHECK_FALSE(wrong(e));
  CHECK(e.type == "order.placed");
  CHECK(version_of(e) == 3);

  const envelope back = envelope_of(e, there);
  CHECK(back.id == env.id);
  CHECK(back.correlation == env.correlation);
  CHECK(back.causation == env.causation);
  CHECK(back.time == env.time);
  CHECK(back.deadline == there.now + 9s);  // one second passed on the way
  CHECK(back.depth == 4);
  CHECK(back.replay == replay_mark::with_effects);
  CHECK(back.details().source == "/shop");
  CHECK(back.details().subject == "order 7");
  CHECK(back.details().key == "7");
  CHECK(back.details().trace == env.details().trace);
  CHECK(back.details().trace_state == "a=b");
}

TEST_CASE("cloud envelope: what says nothing is left out") {
  envelope env;
  env.id = numbered(1);
  const cloud_event e = to_cloud_event(env, "t", 1, "", "app", here);
  CHECK(e.extensions.empty());
  CHECK(e.source == "app");
  const envelope back = envelope_of(e, there);
  CHECK(back.deadline == never);
  CHECK(back.correlation.nil());
  CHECK(version_of(e) == 0);
}

TEST_CASE("cloud envelope: deadlines that passed, and those beyond all time") {
  const auto deadline = [](const char* expiry) {
    cloud_event e{.id = "1", .source = "s", .type = "t"};
    e.set_extension("expirytime", expiry);
    return envelope_of(e, here).deadline;
  };
  CHECK(deadline("1677-09-22T00:00:00Z") == here.now);
  CHECK(deadline("2262-01-01T00:00:00Z") == never);
  CHECK(deadline("soon") == never);
  envelope env;
  env.deadline = never - duration{1};
  CHECK(to_cloud_event(env, "t", 1, "", "s", here).extensions.empty());
}

TEST_CASE("cloud envelope: a foreign id is always the same UUID, and its source's own") {
  const cloud_event e{.id = "A234-1234", .source = "/x", .type = "t"};
  const uuid id = envelope_of(e, here).id;
  CHECK(id == envelope_of(e, there).id);
  CHECK(id.version() == 8);
  CHECK(id.standard_variant());
  CHECK(uuid_for("/y", "A234-1234") != id);
  CHECK(uuid_for("/xA", "234-1234") != id);
  CHECK(uuid_for("", "") != uuid{});
}

TEST_CASE("cloud envelope: what cannot be read counts as not there") {
  cloud_event e{.id = "1", .source = "s", .type = "t"};
  e.set_extension("traceparent", "00-zz");
  e.set_extension("tracestate", "a=b");
  e.set_extension("ensuedepth", "-1");
  e.set_extension("ensueversion", "3x");
  const envelope env = envelope_of(e, here);
  CHECK_FALSE(env.details().trace.valid());
  CHECK(env.details().trace_state.empty());
  CHECK(env.depth == 0);
  CHECK(version_of(e) == 0);
}

}  // namespace
}  // namespace ensue
