#include <ensue/async/errors.hpp>
#include <ensue/event/topic.hpp>
#include <ensue/flow/event_log.hpp>

#include <boost/json/object.hpp>

#include <algorithm>
#include <utility>

namespace ensue {

bool log_filter::matches(const logged_event& e) const {
  const auto named = [&](const std::string& pattern) { return topic_matches(pattern, e.type); };
  return e.number > after && e.at >= from && e.at < until &&
         (types.empty() || std::any_of(types.begin(), types.end(), named)) &&
         (key.empty() || e.key == key) && (subject.empty() || e.subject == subject);
}

namespace {

/// The first line of a log that has dropped some.
struct log_head {
  std::uint64_t dropped = 0;
  std::uint64_t last = 0;
};
BOOST_DESCRIBE_STRUCT(log_head, (), (dropped, last))

std::optional<std::string> unless_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional{text};
}
std::optional<uuid> unless_nil(const uuid& id) {
  return id.nil() ? std::nullopt : std::optional{id};
}

logged_event describe(const event_ref& e, context& c, any_json body) {
  logged_event l;
  l.id = c.event_id();
  const envelope& env = c.meta();
  l.at = env.time;
  l.correlation = unless_nil(env.correlation);
  l.causation = unless_nil(env.causation);
  l.type = e.name();
  l.version = e.version();
  l.key = unless_empty(env.details().key);
  l.subject = unless_empty(env.details().subject);
  l.event = std::move(body);
  return l;
}

}  // namespace

struct event_log::state : std::enable_shared_from_this<state> {
  state(runtime& loop, record_store& s, event_log_options o) : rt{loop}, store{s}, options{o} {}

  struct held {
    logged_event event;
    std::string text;
  };

  void insert(logged_event e, std::string text);
  std::vector<std::string> shrink();
  result<> load(std::string_view text);
  static task<result<>> append(std::shared_ptr<state> s, logged_event e);
  static task<> keep(std::shared_ptr<state> s, logged_event e);

  runtime& rt;
  record_store& store;
  const event_log_options options;
  std::deque<held> events{};  // by number
  std::uint64_t bytes = 0, last = 0, dropped = 0, unreadable = 0;
  std::string fault{};
};

void event_log::state::insert(logged_event e, std::string text) {
  bytes += text.size();
  auto at = events.end();
  while (at != events.begin() && std::prev(at)->event.number > e.number) --at;
  events.insert(at, held{std::move(e), std::move(text)});
}

// Drops the oldest until three quarters are left; the records that remain, behind a head.
std::vector<std::string> event_log::state::shrink() {
  while (bytes > options.bytes_max / 4 * 3 && !events.empty()) {
    bytes -= events.front().text.size();
    events.pop_front();
    ++dropped;
  }
  log_head head;
  head.dropped = dropped;
  head.last = last;
  std::vector<std::string> all{encode_json(head).value()};
  for (const held& h : events) all.push_back(h.text);
  return all;
}

result<> event_log::state::load(std::string_view text) {
  decode_options strict;
  strict.unknown = decode_options::unknown_members::refuse;
  strict.missing = decode_options::missing_members::refuse;
  if (const auto head = decode_json<log_head>(text, strict)) {
    dropped = head->dropped;
    last = std::max(last, head->last);
    return {};
  }
  auto e = decode_json<logged_event>(text, strict);
  if (!e) {
    fault = "a logged event cannot be read: " + e.error().text();
    return errc::invalid;
  }
  last = std::max(last, e->number);
  insert(std::move(*e), std::string{text});
  return {};
}

task<result<>> event_log::state::append(std::shared_ptr<state> s, logged_event e) {
  e.number = ++s->last;
  if (e.at == wall_time{}) e.at = s->rt.wall_now();
  auto text = encode_json(e);
  if (!text) throw system_error(errc::invalid, text.error().text());
  const result<> stored = co_await s->store.append(*text);
  if (!stored) co_return stored;
  s->insert(std::move(e), std::move(*text));
  if (s->bytes > s->options.bytes_max) {
    std::vector<std::string> kept = s->shrink();
    co_return co_await s->store.compact(std::move(kept));
  }
  co_return stored;
}

task<> event_log::state::keep(std::shared_ptr<state> s, logged_event e) {
  const result<> done = co_await append(std::move(s), std::move(e));
  if (!done) throw system_error(done.error(), "logging an event");
}

event_log::event_log(runtime& rt, record_store& store, event_log_options o)
    : state_{std::make_shared<state>(rt, store, o)} {}

event_log::~event_log() = default;

task<> event_log::start() {
  const std::shared_ptr<state> s = state_;
  const record_store::each take = [s](std::string_view text) { return s->load(text); };
  const result<> loaded = co_await s->store.load(take);
  if (!loaded) throw system_error(loaded.error(), s->fault.empty() ? s->store.why() : s->fault);
}

namespace {
task<> already_done() { co_return; }
}  // namespace

subscription event_log::attach(bus& b, std::string_view pattern) {
  auto hear = [s = state_](const event_ref& e, context& c) -> task<> {
    if (c.replay() != replay_mark::none) return already_done();
    any_json body;
    auto document = parse_json(e.json());
    if (!document) {
      ++s->unreadable;
      throw system_error(errc::invalid, std::string{e.name()} + " has no JSON to log");
    }
    body.value = std::move(*document);
    return state::keep(s, describe(e, c, std::move(body)));
  };
  subscribe_options<event_ref> o;
  o.name = "event log of " + std::string{pattern};
  o.concurrency = state_->options.concurrency;
  return b.subscribe(pattern, std::move(hear), std::move(o));
}

task<result<>> event_log::append(logged_event e) { return state::append(state_, std::move(e)); }

std::vector<logged_event> event_log::read(const log_filter& f, std::size_t most) const {
  std::vector<logged_event> all;
  for (const state::held& h : state_->events) {
    if (all.size() >= most) break;
    if (f.matches(h.event)) all.push_back(h.event);
  }
  return all;
}

event_log_account event_log::account() const noexcept {
  const state& s = *state_;
  return {s.events.size(), s.bytes,   s.events.empty() ? 0 : s.events.front().event.number,
          s.last,          s.dropped, s.unreadable};
}

}  // namespace ensue
