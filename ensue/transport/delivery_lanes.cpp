#include <ensue/base/assert.hpp>
#include <ensue/transport/delivery_lanes.hpp>
#include <ensue/transport/transport.hpp>

#include <algorithm>
#include <utility>

namespace ensue {

delivery_lanes::end delivery_lanes::as_end(settlement::kind how) noexcept {
  return how == settlement::kind::ack    ? end::acked
         : how == settlement::kind::dead ? end::dead
                                         : end::retried;
}

const delivery_lanes::arrival* delivery_lanes::at(std::uint64_t token) const noexcept {
  const auto it = out_.find(token);
  return it == out_.end() ? nullptr : &it->second.what;
}

std::vector<std::uint64_t> delivery_lanes::tokens_out() const {
  std::vector<std::uint64_t> tokens;
  for (const auto& [token, h] : out_) tokens.push_back(token);
  return tokens;
}

void delivery_lanes::arrive(arrival a) {
  ++size_;
  std::string key{lane_key(a.event)};
  if (key.empty()) return ready_.push_back(std::move(a));
  lane& l = lanes_[key];
  l.waiting.push_back(std::move(a));
  offer(key, l);
}

// An open lane has its first delivery among the ready ones, and is shut by that.
void delivery_lanes::offer(const std::string& key, lane& l) {
  if (l.shut) return;
  if (l.waiting.empty()) return void(lanes_.erase(key));
  l.shut = true;
  ready_.push_back(std::move(l.waiting.front()));
  l.waiting.pop_front();
}

void delivery_lanes::open_lane(const std::string& key) {
  const auto it = lanes_.find(key);
  if (key.empty() || it == lanes_.end()) return;
  it->second.shut = false;
  offer(key, it->second);
}

std::optional<delivery> delivery_lanes::take(time_point now) {
  while (!later_.empty() && later_.begin()->first <= now) {
    ready_.push_front(std::move(later_.begin()->second));
    later_.erase(later_.begin());
  }
  if (ready_.empty()) return std::nullopt;
  held h{
      .what = std::move(ready_.front()), .key = {}, .until = saturating_add(now, options_.lease)};
  ready_.pop_front();
  h.key = lane_key(h.what.event);
  delivery d{.event = h.what.event,
             .token = ++last_token_,
             .attempt = h.what.attempt,
             .maybe_again = h.what.maybe_again,
             .until = h.until,
             .position = h.what.position};
  out_.emplace_hint(out_.end(), last_token_, std::move(h));
  return d;
}

time_point delivery_lanes::next_due() const noexcept {
  return later_.empty() ? never : later_.begin()->first;
}

result<delivery_lanes::held*> delivery_lanes::find(std::uint64_t token, time_point now) {
  const auto it = out_.find(token);
  if (it == out_.end()) {
    const auto old = ended_.find(token);
    if (old == ended_.end()) return errc::not_found;
    return old->second == end::fenced ? errc::expired : errc::exists;
  }
  if (it->second.is == state::out && now >= it->second.until) return errc::expired;
  return &it->second;
}

result<const delivery_lanes::arrival*> delivery_lanes::settle(std::uint64_t token,
                                                              settlement::kind how,
                                                              time_point now) {
  if (const auto old = ended_.find(token); old != ended_.end() && old->second == as_end(how))
    return errc::empty;
  auto h = find(token, now);
  if (!h) return h.error();
  if ((*h)->is == state::settling) return (*h)->how == how ? errc::empty : errc::exists;
  (*h)->is = state::settling;
  (*h)->how = how;
  return &(*h)->what;
}

delivery_lanes::arrival delivery_lanes::drop(std::uint64_t token, end how) {
  const auto it = out_.find(token);
  remember(token, how);
  const std::string key = std::move(it->second.key);
  arrival what = std::move(it->second.what);
  out_.erase(it);
  --size_;
  open_lane(key);
  return what;
}

void delivery_lanes::settled(std::uint64_t token) {
  const auto it = out_.find(token);
  if (it == out_.end()) return;  // the connection went meanwhile
  ENSUE_ASSERT(it->second.is == state::settling, "a delivery nobody settles was settled");
  drop(token, as_end(it->second.how));
}

void delivery_lanes::not_settled(std::uint64_t token) {
  if (const auto it = out_.find(token); it != out_.end()) it->second.is = state::out;
}

// Its key's lane is shut by it already, and stays so.
void delivery_lanes::again(std::uint64_t token, time_point when, end how) {
  const auto it = out_.find(token);
  if (it == out_.end()) return;
  remember(token, how);
  arrival what = std::move(it->second.what);
  out_.erase(it);
  ++what.attempt;
  what.maybe_again = true;
  later_.emplace(when, std::move(what));
}

void delivery_lanes::requeue(std::uint64_t token, time_point now) {
  again(token, now, end::fenced);
}

result<const delivery_lanes::arrival*> delivery_lanes::extend(std::uint64_t token, time_point now) {
  auto h = find(token, now);
  if (!h) return h.error();
  (*h)->until = saturating_add(now, options_.lease);
  return &(*h)->what;
}

std::vector<std::uint64_t> delivery_lanes::overdue(time_point now) const {
  std::vector<std::uint64_t> over;
  for (const auto& [token, h] : out_)
    if (h.is == state::out && now >= h.until) over.push_back(token);
  return over;
}

time_point delivery_lanes::next_overdue() const noexcept {
  time_point next = never;
  for (const auto& [token, h] : out_)
    if (h.is == state::out) next = std::min(next, h.until);
  return next;
}

delivery_lanes::arrival delivery_lanes::fence(std::uint64_t token) {
  ENSUE_ASSERT(out_.contains(token), "a delivery that is not out was fenced");
  return drop(token, end::fenced);
}

std::vector<delivery_lanes::arrival> delivery_lanes::take_waiting() {
  std::vector<arrival> back;
  const auto move_out = [&](auto& from) {
    for (auto& a : from) back.push_back(std::move(a));
    from.clear();
  };
  for (auto& [when, a] : later_) back.push_back(std::move(a));
  later_.clear();
  move_out(ready_);
  for (auto& [key, l] : lanes_) move_out(l.waiting);
  lanes_.clear();
  for (const auto& [token, h] : out_)
    if (!h.key.empty()) lanes_[h.key].shut = true;
  size_ = out_.size();
  std::sort(back.begin(), back.end(),
            [](const arrival& a, const arrival& b) { return a.handle < b.handle; });
  return back;
}

void delivery_lanes::forget_all() {
  for (const auto& [token, h] : out_) remember(token, end::fenced);
  out_.clear();
  ready_.clear();
  lanes_.clear();
  later_.clear();
  size_ = 0;
}

void delivery_lanes::remember(std::uint64_t token, end how) {
  ended_.emplace(token, how);
  ended_by_age_.push_back(token);
  if (ended_by_age_.size() <= options_.prefetch) return;
  ended_.erase(ended_by_age_.front());
  ended_by_age_.pop_front();
}

void watermark::settle(std::uint64_t position) {
  if (const auto it = open_.find(position); it != open_.end()) it->second = true;
}

std::optional<std::uint64_t> watermark::advance() {
  std::optional<std::uint64_t> end;
  while (!open_.empty() && open_.begin()->second) {
    end = open_.begin()->first;
    open_.erase(open_.begin());
  }
  return end;
}

}  // namespace ensue
