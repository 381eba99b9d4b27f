#pragma once

#include <ensue/transport/transport_error.hpp>

#include <boost/system/system_error.hpp>

#include <string>

struct sqlite3;

namespace ensue::sqlite {

/// What goes wrong on the thread of the database; whoever handed the work in gets it as a
/// transport_error. Thrown: between a statement and the transaction it ends there is nobody who
/// could do anything about it.
class failure : public boost::system::system_error {
 public:
  explicit failure(transport_error e)
      : boost::system::system_error{e.code, e.message}, error_{std::move(e)} {}
  const transport_error& error() const noexcept { return error_; }

 private:
  transport_error error_;
};

/// What a result code of SQLite means: errc::full (disk or file), errc::unavailable (locked by
/// others for too long), errc::invalid (no database, damaged), errc::refused (read-only, no
/// permission), errc::exists (a constraint), errc::outcome_unknown (the disk failed), errc::expired
/// never.
error_code code_of(int rc) noexcept;
/// The text names the file, what was done, what SQLite said, and what to change.
transport_error error_of(sqlite3* db, int rc, const std::string& file, const std::string& doing);

}  // namespace ensue::sqlite
