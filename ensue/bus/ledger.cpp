#include <ensue/bus/ledger.hpp>

#include <numeric>

namespace ensue {

std::string_view text(drop_reason reason) noexcept {
  static constexpr std::string_view names[] = {
      "overflow, oldest", "overflow, newest", "superseded", "rejected", "halted",
      "unsubscribed",     "shutdown",         "middleware", "duplicate"};
  static_assert(std::size(names) == static_cast<std::size_t>(drop_reason::count));
  return names[static_cast<std::size_t>(reason)];
}

std::uint64_t ledger::dropped_total() const noexcept {
  return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
}

ledger& ledger::operator+=(const ledger& other) noexcept {
  accepted += other.accepted;
  handled += other.handled;
  filtered += other.filtered;
  expired += other.expired;
  dead += other.dead;
  for (std::size_t i = 0; i < dropped.size(); ++i) dropped[i] += other.dropped[i];
  queued += other.queued;
  running += other.running;
  return *this;
}

std::string ledger::text() const {
  std::string out =
      "accepted " + std::to_string(accepted) + " = handled " + std::to_string(handled);
  const auto add = [&](std::string_view name, std::uint64_t n) {
    if (n != 0) out.append(" + ").append(name).append(" ").append(std::to_string(n));
  };
  add("filtered", filtered);
  add("expired", expired);
  add("dead", dead);
  for (std::size_t i = 0; i < dropped.size(); ++i)
    if (dropped[i] != 0) {
      std::string name = "dropped (";
      name.append(ensue::text(static_cast<drop_reason>(i))).append(")");
      add(name, dropped[i]);
    }
  add("queued", queued);
  add("running", running);
  return out;
}

}  // namespace ensue
