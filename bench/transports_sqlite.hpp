// SQLite: the transport against the bare library, and against the disk alone. 200 B of data.
#pragma once

#include "harness/options.hpp"
#include "harness/table.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/async/scope.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <vector>

namespace bench {

inline constexpr std::size_t event_data_bytes = 200;

// A folder on the disk of the working directory (not /tmp, which may be memory).
class bench_folder {
 public:
  bench_folder() {
    std::string name = "ensue-bench-XXXXXX";
    if (!mkdtemp(name.data())) throw std::runtime_error{"mkdtemp"};
    path_ = std::filesystem::absolute(name).string();
  }
  bench_folder(const bench_folder&) = delete;
  bench_folder& operator=(const bench_folder&) = delete;
  ~bench_folder() { std::filesystem::remove_all(path_); }
  std::string file(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline double seconds_of(const std::function<void()>& f) {
  const auto began = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

// The tightest loop there is: one table, one prepared insert, one transaction a batch.
inline double bare_insert(std::int64_t events, int batch) {
  const bench_folder folder;
  sqlite3* db = nullptr;
  sqlite3_open(folder.file("bare.db").c_str(), &db);
  sqlite3_exec(db,
               "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;"
               "CREATE TABLE log(position INTEGER PRIMARY KEY, data BLOB)",
               nullptr, nullptr, nullptr);
  sqlite3_stmt *insert = nullptr, *begin = nullptr, *commit = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO log(data) VALUES(?1)", -1, &insert, nullptr);
  sqlite3_prepare_v2(db, "BEGIN IMMEDIATE", -1, &begin, nullptr);
  sqlite3_prepare_v2(db, "COMMIT", -1, &commit, nullptr);
  const std::string data(event_data_bytes, 'x');
  const double took = seconds_of([&] {
    for (std::int64_t done = 0; done < events; done += batch) {
      sqlite3_step(begin), sqlite3_reset(begin);
      for (int i = 0; i < batch; ++i) {
        sqlite3_bind_blob(insert, 1, data.data(), static_cast<int>(data.size()), SQLITE_STATIC);
        sqlite3_step(insert), sqlite3_reset(insert);
      }
      sqlite3_step(commit), sqlite3_reset(commit);
    }
  });
  for (sqlite3_stmt* s : {insert, begin, commit}) sqlite3_finalize(s);
  sqlite3_close(db);
  return static_cast<double>(events) / took / 1e3;
}

// The disk alone: a growing file, one write and one sync a batch.
inline double raw_write(std::int64_t events, int batch) {
  const bench_folder folder;
  const int fd = ::open(folder.file("raw").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const std::string data(event_data_bytes * static_cast<std::size_t>(batch), 'x');
  const double took = seconds_of([&] {
    for (std::int64_t done = 0; done < events; done += batch) {
      if (::write(fd, data.data(), data.size()) < 0) throw std::runtime_error{"write"};
      ::fdatasync(fd);
    }
  });
  ::close(fd);
  return static_cast<double>(events) / took / 1e3;
}

inline ensue::cloud_event bench_event(ensue::runtime& rt) {
  return {.id = rt.new_id().text(),
          .source = "urn:bench",
          .type = "order.placed",
          .data = std::string(event_data_bytes, 'x')};
}

inline ensue::task<> publish_batches(ensue::sqlite::transport& t, ensue::runtime& rt,
                                     std::int64_t batches, int batch,
                                     std::vector<double>* latencies) {
  for (std::int64_t n = 0; n < batches; ++n) {
    std::vector<ensue::cloud_event> events;
    events.reserve(static_cast<std::size_t>(batch));
    for (int i = 0; i < batch; ++i) events.push_back(bench_event(rt));
    const auto began = rt.now();
    const auto answers = co_await t.publish(std::move(events));
    for (const auto& ec : answers)
      if (ec) throw std::runtime_error{ec.message()};
    if (latencies)
      latencies->push_back(std::chrono::duration<double, std::milli>(rt.now() - began).count());
  }
}

// `publishers` of them, each handing in `batch` events at a time.
inline figures ensue_append(std::int64_t events, int publishers, int batch) {
  const bench_folder folder;
  ensue::loop_runtime rt;
  std::vector<double> latencies;
  double took = 0;
  ensue::block_on(
      rt,
      [](ensue::loop_runtime& on, std::string file, std::int64_t all, int many, int size,
         std::vector<double>& ms, double& out) -> ensue::task<> {
        ensue::sqlite::transport t{on, {.file = std::move(file)}};
        const auto opened = co_await t.open();
        if (!opened) throw std::runtime_error{opened.error().text()};
        const auto began = std::chrono::steady_clock::now();
        {
          ensue::scope s{on};
          for (int i = 0; i < many; ++i)
            s.spawn("publisher", publish_batches(t, on, all / many / size, size, &ms));
          co_await s.join();
        }
        out = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        const auto closed = co_await t.close(std::chrono::seconds{10});
        if (!closed) throw std::runtime_error{"close"};
      }(rt, folder.file("a.db"), events, publishers, batch, latencies, took));
  std::sort(latencies.begin(), latencies.end());
  const auto done = static_cast<double>(latencies.size()) * batch;
  return {done / took / 1e3, latencies[latencies.size() * 99 / 100]};
}

inline std::vector<row> sqlite_append(const options& o, int batch) {
  const std::int64_t events = o.scaled(batch == 100 ? 200e3 : 600e3);
  // Two of them, so that one gathers while the other's commit runs, as many publishers do.
  return {
      plain("ensue sqlite, 10 publishers", [=] { return ensue_append(events, 10, batch / 10)[0]; }),
      plain("ensue sqlite, 2 publishers", [=] { return ensue_append(events, 2, batch)[0]; }),
      plain("bare prepared insert", [=] { return bare_insert(events, batch); }),
      plain("write + fdatasync", [=] { return raw_write(events, batch); })};
}

inline std::vector<row> sqlite_single(const options& o) {
  const std::int64_t events = o.scaled(64e3);
  return {{"ensue sqlite", [=] { return ensue_append(events, 64, 1); }, {}},
          {"bare, one transaction each",
           [=] { return figures{bare_insert(std::max<std::int64_t>(events / 16, 64), 1), 0}; },
           {}}};
}

inline ensue::task<> settle_one(ensue::consumer& c, std::uint64_t token) {
  const ensue::settlement ack;
  const auto done = co_await c.settle(token, ack);
  if (!done) throw std::runtime_error{done.error().message()};
}

inline ensue::task<> handle_all(ensue::loop_runtime& on, std::string file, std::int64_t events,
                                double& out) {
  ensue::sqlite::transport t{on, {.file = std::move(file)}};
  const auto opened = co_await t.open();
  if (!opened) throw std::runtime_error{opened.error().text()};
  co_await publish_batches(t, on, events / 1000, 1000, nullptr);
  const auto began = std::chrono::steady_clock::now();
  ensue::consume_options how{.group = "g", .prefetch = 4000, .from_oldest = true};
  const auto c = co_await t.consume(std::move(how));
  if (!c) throw std::runtime_error{c.error().text()};
  {
    ensue::scope s{on, {.name = "handlers", .children_max = 5000}};
    for (std::int64_t n = 0; n < events / 1000 * 1000; ++n) {
      const auto d = co_await (*c)->next();
      if (!d) throw std::runtime_error{d.error().text()};
      s.spawn("handler", settle_one(**c, d->token));
    }
    co_await s.join();
  }
  out = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
}

inline std::vector<row> sqlite_handle(const options& o) {
  const std::int64_t events = std::max<std::int64_t>(o.scaled(200e3), 2000);
  return {plain("ensue sqlite, one group", [=] {
    const bench_folder folder;
    ensue::loop_runtime rt;
    double took = 0;
    ensue::block_on(rt, handle_all(rt, folder.file("a.db"), events, took));
    return static_cast<double>(events / 1000 * 1000) / took / 1e3;
  })};
}

}  // namespace bench
