#pragma once

#include <ensue/transport/sqlite/connection.hpp>

#include <cstdint>

namespace ensue::sqlite {

/// The tables of the transport, all named `ensue_…`; what else is in the file is the user's.
///
/// ensue_log         the events, by position; unique (id, source): a copy is not stored
/// ensue_groups      the place of each group: all up to `cursor` was claimed at some time; `types`:
///                   its patterns, a line each
/// ensue_members     who works for a group: one of each process. `until`: its lease on the clock
///                   CLOCK_MONOTONIC, which all processes of a machine share and no one can set; it
///                   does not outlive a boot, nor do members (see file_locks). Ids are never used
///                   again: they fence.
/// ensue_claims      ranges of the log that a member holds; `settled`: a bit for each position
///                   from `first` that is none of its business (any more)
/// ensue_exceptions  events behind the cursor that have a state of their own: held back for their
///                   key, given back, to be tried again. `member` 0: nobody holds it. `since`,
///                   `until`: it waits as long as the wall clock stands between them, so a clock
///                   that is set back delays nothing.
/// ensue_dead        given up, with the reason
inline constexpr std::int64_t schema_version = 1;
inline constexpr std::int64_t application_id = 0x656e7375;  // "ensu"

/// Makes the tables, or brings old ones up to date, in one transaction.
/// Errors: errc::refused: of a newer version of ensue, or somebody else's (`adopt`: a database with
/// other tables may be used); else those of SQLite.
void make_schema(connection& on, bool adopt);

}  // namespace ensue::sqlite
