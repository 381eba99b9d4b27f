#include <ensue/conformance/flags.hpp>

#include <array>

namespace ensue::conformance {
namespace {

using f = transport_features;

constexpr std::array<flag, 11> all{{
    {"groups", &f::groups, "a group keeps its place while none of its members is there",
     "what is published while no member is there is not for it"},
    {"redelivers", &f::redelivers, "at least once: what is not settled comes again",
     "at most once: what was given out never comes again"},
    {"keeps_old", &f::keeps_old, "a new group may begin with what was published before it",
     "a new group begins now"},
    {"orders_keys", &f::orders_keys, "one delivery of a key at a time, all members together",
     "one delivery of a key at a time in each member"},
    {"remembers_waits", &f::remembers_waits, "`retry_later` holds although the member dies",
     "what a dead member put off comes at once"},
    {"dedupes", &f::dedupes, "of two publishings of one event one is stored",
     "both are delivered: dedupe where it is handled"},
    {"extends", &f::extends, "a lease can be extended", "work must end within the lease"},
    {"counts_attempts", &f::counts_attempts, "the attempts of members that died are counted",
     "they are only marked: `maybe_again`"},
    {"keeps_dead", &f::keeps_dead, "what was given up can be listed at the transport",
     "keep it where it is handled: the bus's dead letters"},
    {"replays", &f::replays, "stored events can be read again, by position, time, type, key",
     "what is settled is gone"},
    {"skips_own", &f::skips_own, "what a connection published does not come back to it",
     "it comes back like any other"},
}};

}  // namespace

std::span<const flag> flags() noexcept { return all; }

std::string matrix(const std::vector<transport_features>& transports) {
  std::string head = "| |";
  std::string rule = "|---|";
  std::string sizes = "| largest event |";
  for (const transport_features& t : transports) {
    head += " " + std::string{t.name} + " |";
    rule += "---|";
    sizes += " " + std::to_string(t.event_bytes_max >> 10U) + " KiB |";
  }
  std::string out = head + "\n" + rule + "\n";
  for (const flag& each : all) {
    out += "| " + std::string{each.name} + " |";
    for (const transport_features& t : transports) out += t.*each.is ? " yes |" : " - |";
    out += "\n";
  }
  return out + sizes + "\n";
}

std::string flag_table() {
  std::string out = "| flag | set | clear |\n|---|---|---|\n";
  for (const flag& each : all)
    out += "| " + std::string{each.name} + " | " + std::string{each.set} + " | " +
           std::string{each.clear} + " |\n";
  return out;
}

}  // namespace ensue::conformance
