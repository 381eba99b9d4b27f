#include <ensue/transport/sqlite/connection.hpp>
#include <ensue/transport/sqlite/statement.hpp>

#include <sqlite3.h>

namespace ensue::sqlite {
namespace {

// SQLite takes a null pointer for NULL; an empty text is none.
const char* some(std::string_view s) noexcept { return s.data() ? s.data() : ""; }

// The macro is a cast in the C manner.
// NOLINTNEXTLINE(cppcoreguidelines-pro-type-cstyle-cast,performance-no-int-to-ptr)
const sqlite3_destructor_type copy = SQLITE_TRANSIENT;

}  // namespace

statement::~statement() {
  if (statement_) reset();
}

void statement::check(int rc) {
  if (rc != SQLITE_OK) on_->fail(rc, sqlite3_sql(statement_));
}

void statement::bind(int at, std::nullptr_t) { check(sqlite3_bind_null(statement_, at)); }
void statement::bind(int at, double value) { check(sqlite3_bind_double(statement_, at, value)); }
void statement::bind(int at, std::string_view text) {
  check(sqlite3_bind_text64(statement_, at, some(text), text.size(), copy, SQLITE_UTF8));
}
void statement::bind(int at, blob b) {
  check(sqlite3_bind_blob64(statement_, at, some(b.bytes), b.bytes.size(), copy));
}
void statement::bind_integer(int at, std::int64_t value) {
  check(sqlite3_bind_int64(statement_, at, value));
}
void statement::refer(int at, std::string_view text) {
  check(sqlite3_bind_text64(statement_, at, some(text), text.size(), SQLITE_STATIC, SQLITE_UTF8));
}
void statement::refer(int at, blob b) {
  check(sqlite3_bind_blob64(statement_, at, some(b.bytes), b.bytes.size(), SQLITE_STATIC));
}

bool statement::row() {
  const int rc = sqlite3_step(statement_);
  if (rc == SQLITE_ROW) return true;
  if (rc != SQLITE_DONE) on_->fail(rc, sqlite3_sql(statement_));
  return false;
}

std::int64_t statement::run() {
  while (row()) {
  }
  const std::int64_t changed = on_->changes();
  sqlite3_reset(statement_);
  return changed;
}

void statement::reset() noexcept {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

std::int64_t statement::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}
double statement::real(int column) const noexcept {
  return sqlite3_column_double(statement_, column);
}
std::string_view statement::text(int column) const noexcept {
  const unsigned char* const at = sqlite3_column_text(statement_, column);
  if (!at) return {};
  return {reinterpret_cast<const char*>(at),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string_view statement::bytes(int column) const noexcept {
  const void* const at = sqlite3_column_blob(statement_, column);
  if (!at) return {};
  return {static_cast<const char*>(at),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}
bool statement::null(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
bool statement::is_blob(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_BLOB;
}

}  // namespace ensue::sqlite
