#include <ensue/event/type_id.hpp>

namespace ensue {
namespace {

// How many ids are taken. The only process-wide state of the layer: ids must agree between all
// buses of a program, and reading one must not go through an object.
constinit std::atomic<std::uint32_t> taken{0};  // NOLINT(*-non-const-global-variables)

}  // namespace

std::uint32_t detail::claim_type_slot(std::atomic<std::uint32_t>& slot) noexcept {
  // Two threads may race for the same slot: a lock bit in `taken` keeps the numbers dense.
  constexpr std::uint32_t lock = 1u << 31;
  std::uint32_t seen = taken.load(std::memory_order_relaxed) & ~lock;
  while (!taken.compare_exchange_weak(seen, seen | lock, std::memory_order_acquire)) seen &= ~lock;
  std::uint32_t mine = slot.load(std::memory_order_relaxed);
  if (mine == 0) {
    mine = ++seen;
    slot.store(mine, std::memory_order_relaxed);
  }
  taken.store(seen, std::memory_order_release);
  return mine;
}

event_type_id type_id_count() noexcept {
  return taken.load(std::memory_order_relaxed) & ~(1u << 31);
}

}  // namespace ensue
