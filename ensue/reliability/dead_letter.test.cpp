#include <ensue/reliability/dead_letter.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

uuid id_of(int n) {
  uuid u;
  u.bytes[15] = static_cast<std::uint8_t>(n);
  return u;
}

dead_letter full_letter() {
  dead_letter l;
  l.id = id_of(1);
  l.event = "order.placed";
  l.version = 2;
  l.content_type = "application/json";
  l.payload = R"({"id":7})";
  l.event_id = id_of(2);
  l.correlation = id_of(3);
  l.causation = id_of(4);
  l.source = "shop";
  l.subject = "orders/7";
  l.key = "7";
  l.time = wall_time{1s};
  l.deadline = wall_time{2s};
  l.depth = 3;
  l.subscription = "charge";
  l.component = "till";
  l.reason = death_reason::permanent;
  l.detail = "no such card";
  l.attempts = {{1, wall_time{3s}, 20ms, "no \"card\""}, {2, wall_time{4s}, 1ns, "ünknown"}};
  l.died = wall_time{5s};
  l.redrives = 1;
  l.marked = true;
  return l;
}

}  // namespace

TEST_CASE("a letter is written and reads back the same") {
  const auto r = decode_record(encode_record(full_letter()));
  REQUIRE(r.has_value());
  CHECK((*r->letter == full_letter()));
  CHECK_FALSE(r->gone.has_value());
  const dead_letter least;
  CHECK((*decode_record(encode_record(least))->letter == least));
}

TEST_CASE("the form in the file stays: files outlive programs") {
  dead_letter l;
  l.event = "order.placed";
  l.payload = "{}";
  const std::string text = encode_record(l);
  CHECK(text.find(
            R"({"letter":{"id":"00000000-0000-0000-0000-000000000000","event":"order.placed")") ==
        0);
  CHECK(text.find(R"("payload":"{}")") != std::string::npos);
  CHECK(text.find(R"("reason":"exhausted")") != std::string::npos);
  CHECK(encode_gone(id_of(1), redriven_event{id_of(2), "charge", 3}) ==
        R"({"gone":"00000000-0000-0000-0000-000000000001","redriven":{"event_id":)"
        R"("00000000-0000-0000-0000-000000000002","subscription":"charge","redrives":3}})");
}

TEST_CASE("a payload of any bytes reads back; errors that are no UTF-8 stay readable") {
  dead_letter l;
  for (int i = 0; i < 256; ++i) l.payload += static_cast<char>(i);
  l.attempts = {{1, {}, {}, "caf\xe9"}};
  const auto r = decode_record(encode_record(l));
  REQUIRE(r.has_value());
  CHECK(r->letter->payload == l.payload);
  CHECK(r->letter->attempts[0].error == "caf?");
}

TEST_CASE("anything else is refused") {
  for (const char* text : {"", "{}", "[]", "{\"gone\":7}", "{\"letter\":{\"reason\":\"bored\"}}",
                           "{\"letter\":{\"payload\":\"0g\"},\"hex\":true}",
                           "{\"letter\":{\"payload\":\"012\"},\"hex\":true}"})
    CHECK(decode_record(text).has_error());
}

TEST_CASE("an envelope goes into a letter and comes back without its deadline") {
  envelope e;
  e.id = id_of(2);
  e.correlation = id_of(3);
  e.causation = id_of(4);
  e.time = wall_time{1s};
  e.deadline = time_point{10s};
  e.depth = 2;
  e.edit([](envelope_text& t) {
    t.source = "shop";
    t.key = "7";
    t.trace_state = "a=b";
    t.trace =
        trace_parent::parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01").value();
  });
  dead_letter l;
  l.event = "order.placed";
  set_envelope(l, e, time_point{7s}, wall_time{100s});
  CHECK((l.deadline == wall_time{103s}));
  CHECK(l.event == "order.placed");
  const envelope back = envelope_of(l);
  CHECK(back.id == e.id);
  CHECK(back.correlation == e.correlation);
  CHECK(back.causation == e.causation);
  CHECK((back.time == e.time));
  CHECK((back.deadline == never));
  CHECK(back.depth == 2);
  CHECK(back.details().source == "shop");
  CHECK(back.details().key == "7");
  CHECK(back.details().type == "order.placed");
  CHECK((back.details().trace == e.details().trace));
  CHECK(back.details().trace_state == "a=b");
}

TEST_CASE("a filter asks for all that it names") {
  const dead_letter l = full_letter();
  dead_letter_filter f;
  CHECK(f.fits(l));
  f.subscription = "charge";
  f.event = "order.placed";
  f.component = "till";
  f.reason = death_reason::permanent;
  f.marked = true;
  f.died_before = wall_time{6s};
  f.id = id_of(1);
  CHECK(f.fits(l));
  const auto misfits = [&](auto change) {
    dead_letter_filter other = f;
    change(other);
    return !other.fits(l);
  };
  CHECK(misfits([](auto& o) { o.subscription = "ship"; }));
  CHECK(misfits([](auto& o) { o.event = "order"; }));
  CHECK(misfits([](auto& o) { o.component = "x"; }));
  CHECK(misfits([](auto& o) { o.reason = death_reason::poison; }));
  CHECK(misfits([](auto& o) { o.marked = false; }));
  CHECK(misfits([](auto& o) { o.died_before = wall_time{5s}; }));
  CHECK(misfits([](auto& o) { o.id = id_of(9); }));
}
