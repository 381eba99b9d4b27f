#include <ensue/event/json.hpp>
#include <ensue/reliability/dead_letter.hpp>

#include <utility>

namespace ensue {
namespace {

constexpr json_limits record_limits{.bytes = std::size_t{16} << 20};
constexpr std::string_view digits = "0123456789abcdef";

void make_utf8(std::string& text) {
  if (valid_utf8(text)) return;
  for (char& c : text)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

bool from_hex(std::string& text) {
  if (text.size() % 2 != 0) return false;
  std::string out;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const std::size_t high = digits.find(text[i]), low = digits.find(text[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return false;
    out += static_cast<char>(high << 4 | low);
  }
  text = std::move(out);
  return true;
}

std::string encode(const dead_letter_record& r) {
  // Every text was made UTF-8 before; what is too large is refused by the journal.
  return encode_json(r, {.bytes = std::size_t{64} << 20, .elements = 10'000'000}).value();
}

}  // namespace

void set_envelope(dead_letter& to, const envelope& from, time_point now, wall_time wall_now) {
  const envelope_text& text = from.details();
  to.event_id = from.id;
  to.correlation = from.correlation;
  to.causation = from.causation;
  to.time = from.time;
  to.depth = from.depth;
  to.deadline.reset();
  if (from.deadline != never) to.deadline = wall_now + (from.deadline - now);
  to.source = text.source;
  to.subject = text.subject;
  to.key = text.key;
  if (!text.type.empty()) to.event = text.type;
  if (text.version != 0) to.version = text.version;
  if (!text.content_type.empty()) to.content_type = text.content_type;
  if (text.trace.valid()) to.trace = text.trace.text();
  to.trace_state = text.trace_state;
}

envelope envelope_of(const dead_letter& from) {
  envelope e;
  e.id = from.event_id;
  e.correlation = from.correlation;
  e.causation = from.causation;
  e.time = from.time;
  e.depth = from.depth;
  auto text = std::make_shared<envelope_text>();
  text->source = from.source;
  text->subject = from.subject;
  text->key = from.key;
  text->type = from.event;
  text->version = from.version;
  text->content_type = from.content_type;
  if (const auto trace = trace_parent::parse(from.trace)) text->trace = *trace;
  text->trace_state = from.trace_state;
  e.text = std::move(text);
  return e;
}

bool dead_letter_filter::fits(const dead_letter& l) const noexcept {
  const auto same = [](const std::string& wanted, const std::string& is) {
    return wanted.empty() || wanted == is;
  };
  if (id && *id != l.id) return false;
  if (reason && *reason != l.reason) return false;
  if (died_before && l.died >= *died_before) return false;
  if (marked && *marked != l.marked) return false;
  return same(subscription, l.subscription) && same(event, l.event) && same(component, l.component);
}

std::string encode_record(const dead_letter& letter) {
  dead_letter_record r{.letter = letter};
  dead_letter& l = *r.letter;
  for (std::string* const text :
       {&l.event, &l.content_type, &l.source, &l.subject, &l.key, &l.trace, &l.trace_state,
        &l.subscription, &l.component, &l.detail})
    make_utf8(*text);
  for (dead_attempt& a : l.attempts) make_utf8(a.error);
  if (!valid_utf8(l.payload)) {
    l.payload = to_hex(l.payload);
    r.hex = true;
  }
  return encode(r);
}

std::string encode_gone(const uuid& id, const std::optional<redriven_event>& redriven) {
  return encode({.gone = id, .redriven = redriven});
}

std::string encode_redriven(const redriven_event& e) { return encode({.redriven = e}); }

result<dead_letter_record> decode_record(std::string_view text) {
  decode_options o;
  o.limits = record_limits;
  auto r = decode_json<dead_letter_record>(text, o);
  if (!r) return errc::invalid;
  if (!r->letter && !r->gone && !r->redriven) return errc::invalid;
  if (r->letter && r->hex && *r->hex && !from_hex(r->letter->payload)) return errc::invalid;
  return std::move(*r);
}

}  // namespace ensue
