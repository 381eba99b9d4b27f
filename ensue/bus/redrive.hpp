#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/reliability/dead_letters.hpp>

namespace ensue {

/// Hands the events of all letters that fit to the subscriptions that gave them up, one after the
/// other, and to no others. A letter whose event settles goes; one whose event dies again stays,
/// with the new attempts behind the old ones.
///
/// Shape:        one report. The types must be in the bus's registry.
/// Limits:       a letter that was redriven `redrives_max` times is poison: refused, unless forced.
/// Cancellation: throws between two events; the one at work goes on, and may be posted again later.
/// Errors:       the store's. In the report: errc::not_found (nobody of that name takes the type),
///               errc::full (its queue is; may retry), errc::invalid (cannot be decoded).
task<result<redrive_report>> redrive(bus& b, dead_letters& from, dead_letter_filter which = {},
                                     bool force = false);
/// Those that were marked from outside, e.g. by `ensue dead-letters redrive`. At the start, when
/// all have subscribed. Cancellation: and Errors: as above.
task<result<redrive_report>> redrive_marked(bus& b, dead_letters& from);

}  // namespace ensue
