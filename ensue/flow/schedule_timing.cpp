#include <ensue/base/assert.hpp>
#include <ensue/base/random.hpp>
#include <ensue/event/time_text.hpp>
#include <ensue/flow/schedule_timing.hpp>

namespace ensue {
namespace {

constexpr wall_time latest = wall_time::max();

std::optional<wall_time> plus(wall_time from, duration by) {
  if (by > latest - from) return std::nullopt;
  return from + by;
}

/// The last moment in [due, now], by bisection: `next` rises with its argument.
wall_time newest_of(const cron& c, wall_time due, wall_time now) {
  using std::chrono::seconds;
  auto low = std::chrono::floor<seconds>(due), high = std::chrono::ceil<seconds>(now);
  wall_time newest = due;
  while (high - low > seconds{1}) {
    const auto middle = low + (high - low) / 2;
    const auto next = c.next(middle);
    if (next && *next <= now) {
      newest = *next;
      low = std::chrono::floor<seconds>(newest);
    } else {
      high = middle;
    }
  }
  if (const auto next = c.next(low); next && *next <= now) newest = *next;
  return newest;
}

std::string seconds_text(duration d) { return duration_text(d.count(), 1); }

constexpr std::string_view words[] = {"after ", "at ", "every ", "pause ", "cron "};

}  // namespace

timing timing::after(duration d) {
  timing t;
  t.period_ = std::max(d, duration{});
  return t;
}

timing timing::at(wall_time when) {
  timing t;
  t.kind_ = kind::at;
  t.when_ = when;
  return t;
}

timing timing::fixed_rate(duration period) {
  ENSUE_ASSERT(period > duration{}, "a schedule needs a period");
  timing t;
  t.kind_ = kind::fixed_rate;
  t.period_ = period;
  return t;
}

timing timing::fixed_delay(duration period) {
  timing t = fixed_rate(period);
  t.kind_ = kind::fixed_delay;
  return t;
}

timing timing::on(cron expression) {
  if (expression.every().count() != 0) return fixed_rate(expression.every());
  timing t;
  t.kind_ = kind::cron;
  t.cron_ = std::move(expression);
  return t;
}

std::optional<wall_time> timing::first(wall_time start) const {
  return kind_ == kind::at ? when_ : kind_ == kind::after ? plus(start, period_) : next(start);
}

std::optional<wall_time> timing::next(wall_time tick) const {
  if (!repeats()) return std::nullopt;
  return kind_ == kind::cron ? cron_->next(tick) : plus(tick, period_);
}

timing::span timing::until_now(wall_time due, wall_time now, std::uint64_t count_max) const {
  if (kind_ == kind::fixed_rate) {
    const auto passed = (now - due) / period_;
    return {due + passed * period_, static_cast<std::uint64_t>(passed) + 1};
  }
  if (kind_ != kind::cron) return {due, 1};
  span found{due, 1};
  for (; found.count < count_max; ++found.count) {
    const auto next = cron_->next(found.newest);
    if (!next || *next > now) return found;
    found.newest = *next;
  }
  found.newest = newest_of(*cron_, found.newest, now);
  return found;
}

std::string timing::text() const {
  std::string text{words[static_cast<std::size_t>(kind_)]};
  if (kind_ == kind::at) return text + time_text(when_);
  if (kind_ != kind::cron) return text + seconds_text(period_);
  if (cron_->change() == daylight::once) text = "cron-once ";
  if (!cron_->text().starts_with("TZ=") && !cron_->text().starts_with("CRON_TZ="))
    text += "TZ=" + cron_->zone().name() + ' ';
  return text + cron_->text();
}

result<timing> timing::parse(std::string_view text) {
  const std::size_t blank = text.find(' ');
  const std::string_view word = text.substr(0, blank == text.npos ? blank : blank + 1);
  const std::string_view rest = text.substr(word.size());
  if (word == "cron " || word == "cron-once ") {
    const daylight change = word == "cron " ? daylight::as_read : daylight::once;
    auto c = cron::parse(rest, {.zone = {}, .change = change});
    if (!c) return make_error_code(errc::invalid);
    return on(*std::move(c));
  }
  if (word == "at ") {
    const auto when = parse_time(rest);
    if (!when) return when.error();
    return at(*when);
  }
  const auto nanos = parse_duration(rest, 1);
  if (!nanos) return nanos.error();
  if (word == "after " && *nanos >= 0) return after(duration{*nanos});
  if (word == "every " && *nanos > 0) return fixed_rate(duration{*nanos});
  if (word == "pause " && *nanos > 0) return fixed_delay(duration{*nanos});
  return make_error_code(errc::invalid);
}

uuid tick_id(std::string_view schedule, wall_time due) noexcept {
  const std::int64_t nanos = due.time_since_epoch().count();
  const std::int64_t ms =
      std::chrono::floor<std::chrono::milliseconds>(due.time_since_epoch()).count();
  const auto part = static_cast<std::uint64_t>(nanos - ms * 1'000'000) * 4096 / 1'000'000;
  const std::uint64_t hash = random_stream{static_cast<std::uint64_t>(nanos), schedule}.next();
  const std::uint64_t high = static_cast<std::uint64_t>(ms) << 16 | 0x8000 | part;
  const std::uint64_t low = (hash >> 2) | std::uint64_t{1} << 63;
  uuid id;
  for (std::size_t i = 0; i < 8; ++i) {
    id.bytes[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
    id.bytes[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
  }
  return id;
}

}  // namespace ensue
