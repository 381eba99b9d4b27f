#pragma once

#include <ensue/async/job.hpp>
#include <ensue/async/runtime.hpp>
#include <ensue/transport/sqlite/database.hpp>
#include <ensue/transport/sqlite/group.hpp>
#include <ensue/transport/sqlite/options.hpp>
#include <ensue/transport/sqlite/tx.hpp>
#include <ensue/transport/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::sqlite {

class consumer;

/// The durable transport that needs no server: a database file of SQLite. Any number of processes
/// of one machine may share it.
///
/// Shape, promise, and limits: docs/transports.md. As ensue::transport, and `transact`.
class transport final : public ensue::transport {
 public:
  transport(runtime& rt, options o);
  ~transport() override;

  static const transport_features& abilities() noexcept;
  const transport_features& features() const noexcept override { return abilities(); }
  const std::string& url() const noexcept override { return url_; }
  task<transport_result<guarantee>> open() override;
  transport_state state() const noexcept override { return state_; }
  std::string why() const override { return why_; }
  void on_state(std::function<void(transport_state)> listener) override;
  task<std::vector<error_code>> publish(std::vector<cloud_event> events) override;
  task<transport_result<std::unique_ptr<ensue::consumer>>> consume(consume_options o) override;
  task<transport_result<std::size_t>> replay(replay_options o,
                                             std::function<task<>(const delivery&)> each) override;
  task<result<>> close(duration within) override;

  /// Runs `f(tx&)` in a transaction of its own, on the thread of the database.
  ///
  ///     const auto place = [o](sqlite::tx& t) {
  ///       t.execute("INSERT INTO orders VALUES(?1,?2)", o.id, o.total);
  ///       t.publish(order_placed(o));
  ///     };
  ///     auto placed = co_await store.transact(place);
  ///
  /// `f` owns what it uses. Cancellation: throws; it may or may not be committed.
  /// Errors: those of SQLite; nothing of it was done. What `f` throws is thrown here.
  task<transport_result<>> transact(std::function<void(tx&)> f);

  /// The same, and acknowledges the delivery in it: the effect, what is published and the
  /// acknowledgement are there together or not at all, so each event has one effect.
  ///
  /// Cancellation: and Errors: as above; errc::expired, errc::exists, errc::not_found as
  /// consumer::settle: nothing was done. After an error the delivery is out as before.
  task<transport_result<>> transact(const delivery& d, std::function<void(tx&)> f);

  struct dead_event {
    cloud_event event{};
    std::uint64_t position = 0;
    unsigned attempts = 0;
    std::string reason{};
  };
  /// Oldest first. Cancellation: throws. Errors: those of SQLite.
  task<transport_result<std::vector<dead_event>>> dead(std::string group, std::size_t most = 1000);
  /// Ends a subscription for good: what it had not settled is kept for it no longer.
  /// Cancellation: throws. Errors: errc::not_found; errc::exists: it has consumers here.
  task<transport_result<>> forget_group(std::string group);

  /// Waits until something may have been published, here or elsewhere; no longer than `until`.
  /// Cancellation: throws. Errors: none.
  task<> next_change(time_point until);
  runtime& rt() const noexcept { return rt_; }
  /// The file, for other stores: each with tables of its own name. Null: not open.
  sqlite::database* store() noexcept { return db_.get(); }

 private:
  friend class consumer;
  struct work;
  void change(transport_state to, std::string why);
  void report(const transport_error* e);
  void poke_groups() noexcept;
  bool anybody_waits() const noexcept;
  std::vector<std::uint64_t> own_groups() const;
  void forget_ended();
  group* group_of(std::uint64_t token) noexcept;
  transport_error not_open() const;

  runtime& rt_;
  options options_;
  std::string url_;
  transport_state state_ = transport_state::connecting;
  std::string why_ = "not opened yet";
  std::function<void(transport_state)> listener_;
  std::unique_ptr<sqlite::database> db_;
  std::map<std::string, std::shared_ptr<group>, std::less<>> groups_;
  std::uint64_t groups_made_ = 0;
  std::vector<consumer*> consumers_;
  std::size_t waiting_bytes_ = 0;
  work_list room_;
  work_list changed_;
  std::optional<owned_job<void>> looking_, trimming_;
};

}  // namespace ensue::sqlite
