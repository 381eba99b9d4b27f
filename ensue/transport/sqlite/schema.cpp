#include <ensue/transport/sqlite/schema.hpp>

#include <string>

namespace ensue::sqlite {
namespace {

constexpr const char* version_1 = R"(
CREATE TABLE ensue_log(
  position INTEGER PRIMARY KEY, id ANY NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL,
  key TEXT, time INTEGER, attributes TEXT, data BLOB NOT NULL, crc INTEGER NOT NULL,
  stored INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX ensue_log_id ON ensue_log(id, source);
CREATE TABLE ensue_groups(
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cursor INTEGER NOT NULL,
  types TEXT NOT NULL) STRICT;
CREATE TABLE ensue_members(
  id INTEGER PRIMARY KEY AUTOINCREMENT, group_id INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE TABLE ensue_claims(
  id INTEGER PRIMARY KEY, group_id INTEGER NOT NULL, member INTEGER NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, settled BLOB NOT NULL) STRICT;
CREATE TABLE ensue_exceptions(
  group_id INTEGER NOT NULL, position INTEGER NOT NULL, member INTEGER NOT NULL,
  attempt INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL, key TEXT,
  PRIMARY KEY(group_id, position)) STRICT, WITHOUT ROWID;
CREATE TABLE ensue_dead(
  group_id INTEGER NOT NULL, position INTEGER NOT NULL, attempts INTEGER NOT NULL,
  reason TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(group_id, position)) STRICT, WITHOUT ROWID;
)";

[[noreturn]] void refuse(const connection& on, const std::string& why) {
  throw failure{{errc::refused, "sqlite:" + on.file() + ": " + why}};
}

void check_owner(connection& on, bool adopt) {
  const std::int64_t owner = on.number("PRAGMA application_id");
  const std::int64_t version = on.number("PRAGMA user_version");
  const std::int64_t tables = on.number("SELECT count(*) FROM sqlite_schema");
  if (owner == application_id) {
    if (version > schema_version)
      refuse(on, "was written by a newer ensue (schema " + std::to_string(version) +
                     ", this one knows " + std::to_string(schema_version) + "); update ensue");
    return;
  }
  if (owner != 0 || version != 0 || (tables > 0 && !adopt))
    refuse(on,
           "is the database of another application; give ensue a file of its own, or open it "
           "with adopt when it has no application_id and no user_version");
}

void upgrade(connection& on) {
  switch (on.number("PRAGMA user_version")) {
    case 0: on.execute(version_1); [[fallthrough]];
    default: break;
  }
  on.execute("PRAGMA application_id=" + std::to_string(application_id));
  on.execute("PRAGMA user_version=" + std::to_string(schema_version));
}

}  // namespace

void make_schema(connection& on, bool adopt) {
  on.begin(true);
  try {
    check_owner(on, adopt);
    upgrade(on);
    on.commit();
  } catch (...) {
    on.roll_back();
    throw;
  }
}

}  // namespace ensue::sqlite
