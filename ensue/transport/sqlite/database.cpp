#include <ensue/async/errors.hpp>
#include <ensue/async/offload.hpp>
#include <ensue/base/assert.hpp>
#include <ensue/transport/sqlite/database.hpp>

#include <algorithm>
#include <vector>

namespace ensue::sqlite {
namespace {

struct entry {
  std::shared_ptr<operation> what;
  std::optional<transport_error> error{};
  std::exception_ptr thrown{};
};
using batch = std::vector<entry>;

// Runs one operation; true: what it did may be committed.
bool run_one(connection& on, entry& e) {
  try {
    e.what->run(on);
    return true;
  } catch (const failure& f) {
    e.error = f.error();
  } catch (...) {
    e.thrown = std::current_exception();
  }
  return false;
}

// A savepoint for each, so that one that fails takes back itself alone. SQLite ends the whole
// transaction by itself when the disk is full or fails.
void run_in_transaction(connection& on, batch& b) {
  for (entry& e : b) {
    if (e.what->what() == operation::kind::read) continue;
    on.use("SAVEPOINT one").run();
    if (!run_one(on, e)) {
      if (!on.in_transaction())
        throw failure{e.error.value_or(
            transport_error{errc::outcome_unknown, on.file() + ": the transaction was ended"})};
      on.use("ROLLBACK TO one").run();
    }
    on.use("RELEASE one").run();
  }
}

void fail_writes(batch& b, const transport_error& why) {
  for (entry& e : b)
    if (e.what->what() != operation::kind::read && !e.error && !e.thrown) e.error = why;
}

void run_batch(connection& on, batch& b) noexcept {
  bool writes = false, synced = false;
  for (entry& e : b) {
    const operation::kind k = e.what->what();
    writes |= k != operation::kind::read;
    synced |= k == operation::kind::synced;
    if (k == operation::kind::read) run_one(on, e);
  }
  if (!writes) return;
  try {
    on.begin(synced);
    run_in_transaction(on, b);
    on.commit();
  } catch (const failure& f) {
    on.roll_back();
    fail_writes(b, f.error());
  } catch (...) {
    on.roll_back();
    fail_writes(b, {errc::unavailable, on.file() + ": no memory"});
  }
}

}  // namespace

struct database::state {
  state(runtime& on, const database_options& o, std::shared_ptr<connection> c)
      : rt{on}, options{o}, connection{std::move(c)} {}

  runtime& rt;
  database_options options;
  std::shared_ptr<sqlite::connection> connection;
  batch waiting;
  std::uint64_t commits = 0;
  bool closing = false;
  bool closed = false;
  work_list room, idle, ended;
  std::optional<owned_job<void>> committer;  // last: dies first
};

struct database::work {
  static void finish(batch& b) noexcept {
    for (entry& e : b) {
      const transport_result<> how = e.error ? transport_result<>{*e.error} : transport_result<>{};
      e.what->done(how, e.thrown);
    }
  }

  static task<> commit(state& s) {
    // The work owns what it uses: it may go on when the database is gone.
    const auto b = std::make_shared<batch>(std::exchange(s.waiting, {}));
    wake_all(s.room);
    for (entry& e : *b) e.what->begin();
    const auto write = [c = s.connection, b] { run_batch(*c, *b); };
    co_await offload(s.rt, write);
    ++s.commits;
    finish(*b);
  }

  static bool wants_checkpoint(const state& s) noexcept {
    const std::int64_t pages = s.connection->wal_pages();
    return pages >= s.options.wal_pages_max ||
           (s.waiting.empty() && pages >= s.options.wal_pages_idle);
  }

  static task<> checkpoint(state& s, bool patient) {
    const auto move = [c = s.connection, patient]() -> transport_result<> {
      try {
        c->checkpoint(patient);
      } catch (const failure& f) {
        return f.error();
      }
      return {};
    };
    // A checkpoint that fails loses nothing; the next commit tells what is wrong with the disk.
    (void)co_await offload(s.rt, move);
  }

  static task<> run(state& s) {
    for (;;) {
      if (!s.waiting.empty()) {
        // Whoever was told of the last commit may have more: that belongs into this one.
        co_await yield(s.rt);
        co_await commit(s);
        if (wants_checkpoint(s)) co_await checkpoint(s, false);
      } else if (s.closing) {
        co_return;
      } else {
        co_await wait_in(s.idle, s.rt, "sqlite: something to do");
      }
    }
  }

  static task<> run_and_close(state& s) {
    co_await run(s);
    co_await checkpoint(s, false);
    const auto shut = [c = std::exchange(s.connection, nullptr)]() mutable { c.reset(); };
    co_await offload(s.rt, shut);
    s.closed = true;
    wake_all(s.ended);
  }

  static task<transport_result<std::unique_ptr<database>>> open(runtime& rt, database_options o) {
    const auto open_it = [options = o.connection] { return connection::open(options); };
    auto opened = co_await offload(rt, open_it);
    if (!opened) co_return opened.error();
    auto s = std::make_unique<state>(rt, o, std::move(*opened));
    s->committer.emplace(rt, "sqlite", run_and_close(*s));
    (*s->committer)->start();
    co_return std::unique_ptr<database>{new database{std::move(s)}};
  }

  static task<transport_result<>> ended(state& s) {
    while (!s.closed) co_await wait_or_throw(s.ended, s.rt, "sqlite: closed");
    co_return transport_result<>{};
  }
};

database::database(std::unique_ptr<state> s) noexcept : state_{std::move(s)} {}

database::~database() = default;

task<transport_result<std::unique_ptr<database>>> database::open(runtime& rt, database_options o) {
  return work::open(rt, std::move(o));
}

void database::submit(std::shared_ptr<operation> o) {
  state& s = *state_;
  if (s.closing) {
    const transport_error shut{errc::closed, "sqlite:" + s.options.connection.file + ": closed"};
    return o->done(shut, nullptr);
  }
  s.waiting.push_back({std::move(o)});
  wake_all(s.idle);
}

task<> database::wait_for_room(state& s) {
  while (s.waiting.size() >= s.options.operations_max && !s.closing)
    co_await wait_or_throw(s.room, s.rt, "sqlite: room");
}

task<transport_result<>> database::close() {
  state_->closing = true;
  wake_all(state_->idle);
  return work::ended(*state_);
}

runtime& database::rt() const noexcept { return state_->rt; }
const std::string& database::file() const noexcept { return state_->options.connection.file; }
std::uint64_t database::commits() const noexcept { return state_->commits; }
std::size_t database::waiting() const noexcept { return state_->waiting.size(); }
bool database::closed() const noexcept { return state_->closing; }
connection& database::raw() noexcept { return *state_->connection; }

}  // namespace ensue::sqlite
