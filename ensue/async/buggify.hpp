#pragma once

#include <ensue/async/runtime.hpp>

#include <string_view>

namespace ensue {

/// A fault site: true when the simulator wants this place to go wrong now, always false in
/// production. Write one wherever rare luck decides: a crash between two writes, a short read, a
/// full queue, a slow answer.
///
///     if (buggify(rt, "outbox.after_write")) co_return errc::unavailable;
///
/// `place` is unique to the site, "file.what". In a simulated run some sites are active, drawn
/// from the seed, and an active one fires now and then.
/// Threads: loop thread. Cost outside simulation: one load and a predicted branch.
inline bool buggify(runtime& rt, std::string_view place) {
  fault_source* const source = rt.faults();
  return source && source->fires(place);
}

}  // namespace ensue
