#include <ensue/testing/network.hpp>

#include <algorithm>

namespace ensue::testing {
namespace {

// Within the strands that sim::host::call_at leaves to the simulator.
constexpr std::uint32_t first_strand = 0xffff'ff00, strands = 128;
constexpr std::uint64_t golden = 0x9e37'79b9'7f4a'7c15ull;
constexpr std::uint64_t million = 1'000'000;

}  // namespace

void network::set(const drawn_chaos& c) { rates_ = c; }

void network::heal() {
  rates_.drop = rates_.duplicate = rates_.reorder = 0;
  isolated_.clear();
}

network::link& network::between(const sim::host& from, const sim::host& to) {
  for (link& l : links_)
    if (l.from == &from && l.to == &to) return l;
  const auto number = static_cast<std::uint32_t>(links_.size());
  return links_.emplace_back(link{&from, &to, from.name() + "." + to.name(), number});
}

bool network::isolated(const sim::host& h) const noexcept {
  return std::find(isolated_.begin(), isolated_.end(), &h) != isolated_.end();
}

void network::isolate(const sim::host& h, bool off) {
  std::erase(isolated_, &h);
  if (off) isolated_.push_back(&h);
}

bool network::send(sim::host& from, sim::host& to, std::function<void()> arrive) {
  if (!from.up() || !to.up()) return false;
  link& l = between(from, to);
  const std::uint64_t n = ++l.sent;
  if (!isolated_.empty() && &from != &to && (isolated(from) || isolated(to))) return true;
  random_stream fate{world_.setting().seed ^ ((std::uint64_t{l.number} << 32 | n) * golden)};
  if (fate.below(million) < rates_.drop && faults_.admit("drop", l.name, n)) return true;
  if (fate.below(million) < rates_.duplicate && faults_.admit("duplicate", l.name, n))
    deliver(l, to, fate, arrive);
  deliver(l, to, fate, std::move(arrive));
  return true;
}

void network::deliver(link& l, sim::host& to, random_stream& fate, std::function<void()> arrive) {
  const auto spread = static_cast<std::uint64_t>((rates_.delay.max - rates_.delay.min).count());
  time_point when =
      world_.now() + rates_.delay.min + duration{static_cast<std::int64_t>(fate.below(spread + 1))};
  const bool overtakes = fate.below(million) < rates_.reorder && when < l.last &&
                         faults_.admit("reorder", l.name, l.sent);
  if (!overtakes) l.last = when = std::max(when, l.last);
  to.call_at(when, overtakes ? 0 : first_strand + l.number % strands, std::move(arrive));
}

}  // namespace ensue::testing
