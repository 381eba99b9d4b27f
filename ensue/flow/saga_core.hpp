#pragma once

#include <ensue/async/scope.hpp>
#include <ensue/async/semaphore.hpp>
#include <ensue/async/timer.hpp>
#include <ensue/flow/saga_step.hpp>
#include <ensue/flow/sagas.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

// The inside of `sagas`; not for users.
namespace ensue::detail {

using saga_address = std::pair<std::string, std::string>;  ///< name, key

/// Says that everything a saga has recorded up to a step is published.
struct saga_mark {
  std::string saga;
  std::string key;
  std::uint64_t sent = 0;
};
BOOST_DESCRIBE_STRUCT(saga_mark, (), (saga, key, sent))

/// One saga in memory. `record.step == 0`: about to be started.
struct saga_entry {
  saga_entry(runtime& rt, saga_address a)
      : address{std::move(a)}, turn{rt, "a saga's turn"}, alarm{rt} {}

  saga_address address;
  saga_record record{};
  std::string text{};                ///< the newest record, on its way to the store or there
  const saga_plan* plan = nullptr;   ///< null: its definition is missing
  mutex turn;                        ///< held while a step is computed and recorded
  std::deque<saga_effect> outbox{};  ///< recorded, not known to be published
  unsigned visitors = 0;             ///< at work on it or waiting for their turn
  bool publishing = false;
  bool marked = true;  ///< the store knows that all is published
  timer alarm;
  std::vector<std::string> history{};
};
using saga_entry_ref = std::shared_ptr<saga_entry>;

/// Shared by the `sagas` object and by the handlers that are in a step.
struct saga_core : std::enable_shared_from_this<saga_core> {
  saga_core(bus& b, record_store& s, saga_options o);

  runtime& rt() const noexcept { return events.rt(); }
  /// The calendar as it was at the start, moved by the steady clock: no jump makes a time-out
  /// early.
  wall_time now() const noexcept { return calendar_start + (events.rt().now() - steady_start); }

  const saga_plan* newest(std::string_view name) const;
  const saga_plan* plan_for(saga_record& r) const;  ///< migrates it; null: none
  saga_entry_ref entry(saga_address a);             ///< made when there is none; throws errc::full
  void note_phase(saga_phase before, bool had, const saga_record& after);
  void count(saga_verdict v, const saga_input& in);
  void arm(const saga_entry_ref& e);
  void publish(const saga_entry_ref& e);
  void remember_end(const saga_entry& e);
  void forget_old();
  void settle(const saga_entry_ref& e, saga_record next, std::string text);
  std::vector<std::string> snapshot() const;
  result<> load(std::string_view text);
  void restart();  ///< after the last record was loaded
  void resume(const saga_entry_ref& e);
  void listen();

  bus& events;
  record_store& store;
  const saga_options options;
  const wall_time calendar_start;
  const time_point steady_start;
  std::map<std::pair<std::string, int>, std::shared_ptr<const saga_plan>> plans{};
  std::map<saga_address, saga_entry_ref> table{};
  std::deque<std::pair<std::uint64_t, saga_address>> ended{};  ///< step of the end, oldest first
  std::size_t open = 0;                                        ///< entries that have not ended
  saga_account account{};
  std::string load_fault{};
  error_code broken{};  ///< nobody knows what the store holds
  std::size_t visitors = 0;
  work_list idle{};  ///< who waits for the last visitor
  bool stopped = false;
  bool compacting = false;
  std::vector<subscription> listening{};
  scope children;
};

/// One input for one saga: computes the step, records it, lets it take effect.
/// Cancellation: before the record is on its way: nothing happened; afterwards it is waited for.
/// Errors: throws errc::full or what the store says: nothing happened.
task<saga_verdict> take_input(std::shared_ptr<saga_core> c, saga_address a, saga_input in);

}  // namespace ensue::detail
