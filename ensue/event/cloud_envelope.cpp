#include <ensue/event/cloud_envelope.hpp>
#include <ensue/event/time_text.hpp>

#include <charconv>
#include <memory>
#include <utility>

namespace ensue {
namespace {

std::uint64_t number_in(const cloud_event& e, std::string_view name, std::uint64_t most) noexcept {
  const std::string* const text = e.extension(name);
  std::uint64_t value = 0;
  if (!text) return 0;
  const auto [end, ec] = std::from_chars(text->data(), text->data() + text->size(), value);
  return ec == std::errc{} && end == text->data() + text->size() && value <= most ? value : 0;
}

// Of an event elsewhere in the chain; its source is not told, so foreign ids count as of this one.
uuid id_in(const cloud_event& e, std::string_view name) noexcept {
  const std::string* const text = e.extension(name);
  if (!text || text->empty()) return {};
  const auto id = uuid::parse(*text);
  return id ? *id : uuid_for(e.source, *text);
}

void read_trace(const cloud_event& e, envelope_text& to) {
  const std::string* const parent = e.extension("traceparent");
  if (!parent) return;
  const auto trace = trace_parent::parse(*parent);
  if (!trace) return;
  to.trace = *trace;
  if (const std::string* const state = e.extension("tracestate")) to.trace_state = *state;
}

// Further away than this counts as no deadline: neither line of time reaches much further.
constexpr duration deadline_max = std::chrono::hours{24 * 365 * 100};

time_point deadline_in(const cloud_event& e, const moment& at) noexcept {
  const std::string* const expiry = e.extension("expirytime");
  if (!expiry) return never;
  const auto when = parse_time(*expiry);
  if (!when) return never;
  if (*when <= at.wall) return at.now;
  return *when - at.wall > deadline_max ? never : at.now + (*when - at.wall);
}

replay_mark replay_in(const cloud_event& e) noexcept {
  const std::string* const text = e.extension("ensuereplay");
  if (!text) return replay_mark::none;
  return *text == "effects" ? replay_mark::with_effects : replay_mark::held_back;
}

}  // namespace

cloud_event to_cloud_event(const envelope& env, std::string type, int version, std::string data,
                           std::string_view source, const moment& at) {
  const envelope_text& text = env.details();
  cloud_event e;
  e.id = env.id.text();
  e.source = text.source.empty() ? std::string{source} : text.source;
  e.type = std::move(type);
  e.subject = text.subject;
  e.content_type = text.content_type;
  e.time = env.time;
  e.data = std::move(data);
  const auto say = [&](std::string_view name, std::string value) {
    if (!value.empty()) e.extensions.push_back({std::string{name}, std::move(value)});
  };
  say("partitionkey", text.key);
  if (env.deadline < at.now + deadline_max)
    say("expirytime", time_text(at.wall + (env.deadline - at.now)));
  if (!env.correlation.nil()) say("correlationid", env.correlation.text());
  if (!env.causation.nil()) say("causationid", env.causation.text());
  if (text.trace.valid()) {
    say("traceparent", text.trace.text());
    say("tracestate", text.trace_state);
  }
  if (version > 1) say("ensueversion", std::to_string(version));
  if (env.depth > 0) say("ensuedepth", std::to_string(env.depth));
  if (env.replay != replay_mark::none)
    say("ensuereplay", env.replay == replay_mark::with_effects ? "effects" : "held");
  return e;
}

envelope envelope_of(const cloud_event& e, const moment& at) {
  envelope env;
  const auto id = uuid::parse(e.id);
  env.id = id ? *id : uuid_for(e.source, e.id);
  env.correlation = id_in(e, "correlationid");
  env.causation = id_in(e, "causationid");
  env.time = e.time.value_or(at.wall);
  env.deadline = deadline_in(e, at);
  env.depth = static_cast<std::uint32_t>(number_in(e, "ensuedepth", UINT32_MAX));
  env.replay = replay_in(e);

  auto text = std::make_shared<envelope_text>();
  text->source = e.source;
  text->subject = e.subject;
  text->type = e.type;
  text->content_type = e.content_type;
  text->version = version_of(e);
  if (const std::string* const key = e.extension("partitionkey")) text->key = *key;
  read_trace(e, *text);
  env.text = std::move(text);
  return env;
}

int version_of(const cloud_event& e) noexcept {
  return static_cast<int>(number_in(e, "ensueversion", 1'000'000));
}

uuid uuid_for(std::string_view source, std::string_view id) noexcept {
  // FNV-1a of 128 bits (draft-eastlake-fnv), source and id told apart by a zero byte.
  __extension__ using wide = unsigned __int128;
  constexpr wide prime = (wide{0x0000000001000000} << 64) | 0x000000000000013b;
  wide hash = (wide{0x6c62272e07bb0142} << 64) | 0x62b821756295c58d;
  const auto take = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * prime;
    hash *= prime;
  };
  take(source);
  take(id);
  uuid out;
  for (std::size_t i = 0; i < out.bytes.size(); ++i)
    out.bytes[i] = static_cast<std::uint8_t>(hash >> (8 * (15 - i)));
  out.bytes[6] = static_cast<std::uint8_t>((out.bytes[6] & 0x0f) | 0x80);
  out.bytes[8] = static_cast<std::uint8_t>((out.bytes[8] & 0x3f) | 0x80);
  return out;
}

}  // namespace ensue
