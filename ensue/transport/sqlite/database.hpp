#pragma once

#include <ensue/async/job.hpp>
#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/transport/sqlite/connection.hpp>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace ensue::sqlite {

struct database_options {
  connection_options connection{};
  std::int64_t wal_pages_idle = 1'000;   ///< checkpoint at a quiet moment from here on
  std::int64_t wal_pages_max = 16'000;   ///< checkpoint in any case
  std::size_t operations_max = 100'000;  ///< that wait; `transact` and `read` wait for room
};

/// A piece of work on the database, as part of a transaction of several.
class operation {
 public:
  enum class kind : std::uint8_t {
    read,  ///< outside of any transaction that writes
    lazy,  ///< survives the process; the power only with what is committed later
    synced
  };
  explicit operation(kind k) noexcept : kind_{k} {}
  operation(const operation&) = delete;
  operation& operator=(const operation&) = delete;
  virtual ~operation() = default;

  kind what() const noexcept { return kind_; }
  /// Loop: it is about to run; nothing more can be added to it.
  virtual void begin() {}
  /// Thread of the database. What it throws takes back what it did, and that alone.
  virtual void run(connection& on) = 0;
  /// Loop: committed, or the error of it. `thrown`: what `run` threw that is no `failure`.
  virtual void done(const transport_result<>& how, std::exception_ptr thrown) noexcept = 0;

 private:
  kind kind_;
};

/// A database file of SQLite: opened, worked on, and closed, without the loop ever waiting for the
/// disk. Everything is committed in groups: what gathered while the last commit ran is one
/// transaction and one sync; there is no delay.
///
///     database_options o{.connection = {.file = "shop.db"}};
///     auto db = co_await database::open(rt, std::move(o));
///     auto f = [id](connection& c) { c.use("DELETE FROM basket WHERE id=?1").with(id).run(); };
///     auto done = co_await (*db)->transact(std::move(f));
///
/// Threads:  loop thread; functions handed in run on an offload thread, one at a time.
/// Lifetime: outlives its operations. Destroyed, what is under way is carried out.
/// Order:    operations run, and are committed, in the order they came; reads before the writes
///           that came with them.
class database {
 public:
  /// Errors: not to be opened: the text says what to change.
  /// Cancellation: throws.
  static task<transport_result<std::unique_ptr<database>>> open(runtime& rt, database_options o);
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database();

  /// Runs `f(connection&)` in a transaction and waits until it is committed. `f` owns what it uses.
  ///
  /// Cancellation: throws; it may or may not be committed.
  /// Errors: those of SQLite (see code_of), errc::closed. What else `f` threw is thrown here; then
  /// nothing that it did is committed.
  /// Cost: a savepoint, and its part of a commit.
  template <class F>
  task<transport_result<std::invoke_result_t<F&, connection&>>> transact(
      F f, operation::kind how = operation::kind::synced);
  /// Runs `f(connection&)` on what is committed. Cancellation: and Errors: as `transact`.
  template <class F>
  task<transport_result<std::invoke_result_t<F&, connection&>>> read(F f) {
    return transact(std::move(f), operation::kind::read);
  }
  /// Hands it over without waiting.
  void submit(std::shared_ptr<operation> o);

  /// Carries out what waits, moves the log into the file if it can, closes. Twice is once. It
  /// begins with the call, not with the await.
  /// Cancellation: goes on; throws. Errors: those of the checkpoint: nothing is lost.
  task<transport_result<>> close();

  runtime& rt() const noexcept;
  const std::string& file() const noexcept;
  std::uint64_t commits() const noexcept;  ///< transactions so far
  std::size_t waiting() const noexcept;
  bool closed() const noexcept;
  /// For what needs no transaction, from the thread of the database or before any operation.
  connection& raw() noexcept;

 private:
  struct state;
  struct work;
  explicit database(std::unique_ptr<state> s) noexcept;
  static task<> wait_for_room(state& s);
  state& room() noexcept { return *state_; }
  std::unique_ptr<state> state_;
};

namespace detail {

template <class F, class T>
class awaited_operation final : public operation {
 public:
  awaited_operation(F f, kind k) : operation{k}, function_{std::move(f)} {}
  void run(connection& on) override {
    if constexpr (std::is_void_v<T>) {
      function_(on);
      value_.emplace();
    } else {
      value_.emplace(function_(on));
    }
  }
  void done(const transport_result<>& how, std::exception_ptr thrown) noexcept override {
    if (!how) error_ = how.error();
    thrown_ = std::move(thrown);
    done_ = true;
    wake_all(waiters_);
  }
  bool finished() const noexcept { return done_; }
  work_list& waiters() noexcept { return waiters_; }
  transport_result<T> take() {
    if (thrown_) std::rethrow_exception(thrown_);
    if (error_) return std::move(*error_);
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return std::move(*value_);
    }
  }

 private:
  F function_;
  std::optional<value_or_nothing<T>> value_;
  std::optional<transport_error> error_;
  std::exception_ptr thrown_;
  bool done_ = false;
  work_list waiters_;
};

}  // namespace detail

template <class F>
task<transport_result<std::invoke_result_t<F&, connection&>>> database::transact(
    F f, operation::kind how) {
  using T = std::invoke_result_t<F&, connection&>;
  runtime& loop = rt();
  const auto o = std::make_shared<detail::awaited_operation<F, T>>(std::move(f), how);
  co_await wait_for_room(room());
  submit(o);
  while (!o->finished()) co_await wait_or_throw(o->waiters(), loop, "sqlite: committed");
  co_return o->take();
}

}  // namespace ensue::sqlite
