#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

struct sqlite3_stmt;

namespace ensue::sqlite {

class connection;

/// Bytes that are no text.
struct blob {
  std::string_view bytes;
};

/// One use of a prepared statement: bind, step, read; reset at its end. Errors: `failure`.
///
/// Lifetime: of its connection. Threads: that of the database.
class statement {
 public:
  statement(connection& on, sqlite3_stmt* s) noexcept : on_{&on}, statement_{s} {}
  statement(statement&& other) noexcept
      : on_{other.on_}, statement_{std::exchange(other.statement_, nullptr)} {}
  statement& operator=(statement&&) = delete;
  ~statement();

  /// Binds all parameters, from ?1. Copies what they refer to.
  template <class... Args>
  statement& with(const Args&... args) {
    int at = 0;
    (bind(++at, args), ...);
    return *this;
  }
  void bind(int at, std::nullptr_t);
  void bind(int at, double value);
  void bind(int at, std::string_view text);
  void bind(int at, const std::string& text) { bind(at, std::string_view{text}); }
  void bind(int at, const char* text) { bind(at, std::string_view{text}); }
  void bind(int at, blob bytes);
  template <std::integral T>
  void bind(int at, T value) {
    bind_integer(at, static_cast<std::int64_t>(value));
  }
  template <class T>
  void bind(int at, const std::optional<T>& value) {
    value ? bind(at, *value) : bind(at, nullptr);
  }
  /// Without a copy: what they refer to must live until the next `reset`.
  void refer(int at, std::string_view text);
  void refer(int at, blob bytes);

  /// The next row; false: there is none.
  bool row();
  /// To its end, then ready for other values. Returns how many rows it changed.
  std::int64_t run();
  void reset() noexcept;

  /// Columns of the row, from 0. Views live until the next step.
  std::int64_t integer(int column) const noexcept;
  double real(int column) const noexcept;
  std::string_view text(int column) const noexcept;
  std::string_view bytes(int column) const noexcept;
  bool null(int column) const noexcept;
  bool is_blob(int column) const noexcept;

 private:
  void bind_integer(int at, std::int64_t value);
  void check(int rc);

  connection* on_;
  sqlite3_stmt* statement_;
};

}  // namespace ensue::sqlite
