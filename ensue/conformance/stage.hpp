#pragma once

#include <ensue/conformance/subject.hpp>

#include <cstddef>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::conformance {

/// Ends a case from inside: what was wrong, or why it cannot be, is written down already.
struct case_ended {};

/// What a case stands on: two open connections to a space of its own, and what it found wrong.
///
/// Lifetime: made by `run`; consumers of a case end before it. Threads: loop thread.
/// The coroutines wait with a deadline: what does not come in `subject::patience` is a fault.
/// Cancellation: of each throws; nothing is taken. Errors: a fault, and case_ended thrown.
class stage {
 public:
  stage(subject& s, std::string space) : subject_{s}, space_{std::move(space)} {}
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;

  subject& on() const noexcept { return subject_; }
  runtime& rt() const noexcept { return subject_.rt; }
  const std::string& space() const noexcept { return space_; }
  const transport_features& features() const noexcept { return in().features(); }
  /// Events are published through one connection and consumed through another one.
  transport& out() const noexcept { return *connections_.at(0); }
  transport& in() const noexcept { return *connections_.at(1); }
  /// `n` of the events, or fewer on a slow server: at least 10.
  std::size_t scaled(std::size_t n) const noexcept;

  /// A sentence for the report unless `holds`; returns `holds`.
  bool check(bool holds, std::string_view otherwise);
  /// The same, and the case ends there.
  void need(bool holds, std::string_view otherwise);
  /// The case cannot say anything here.
  [[noreturn]] void skip(std::string_view why);
  const std::vector<std::string>& faults() const noexcept { return faults_; }
  const std::string& excuse() const noexcept { return excuse_; }

  /// Opens the two connections. Cancellation: Errors: see above.
  task<> begin();
  /// One more connection. Cancellation: Errors: see above.
  task<transport*> open();
  /// A connection dies as it is; its consumers must be gone.
  void lose(transport* t);
  /// Closes what is left. Cancellation: goes on. Errors: a fault.
  task<> end();

  /// A member's options; its leases are so long that none ends by itself.
  consume_options group(std::string name) const;
  /// A member of the group, from `in()`. Cancellation: Errors: see above.
  task<std::unique_ptr<consumer>> join(std::string group);
  /// As above, with options and from a connection. Cancellation: Errors: see above.
  task<std::unique_ptr<consumer>> join(transport& at, consume_options o);

  /// Number `n` of this space: its data says so.
  cloud_event event(std::size_t n, std::string key = {}) const;
  std::string id(std::size_t n) const { return space_ + "-" + std::to_string(n); }
  /// Publishes events `first` to `last`, through `out()`; a refusal is a fault.
  /// Cancellation: Errors: see above.
  task<> publish(std::size_t first, std::size_t last, std::size_t keys = 0);
  /// One event. Cancellation: Errors: see above.
  task<> publish(cloud_event e);
  /// Cancellation: Errors: see above.
  task<> publish(transport& at, std::vector<cloud_event> events);

  /// The next delivery; none: it did not come within `d`, which is no fault.
  /// Cancellation: throws. Errors: the consumer ended: a fault.
  task<std::optional<delivery>> next(consumer& c, duration d);
  /// The next delivery. Cancellation: Errors: see above; a fault that says `what` did not come.
  task<delivery> take(consumer& c, std::string what);
  /// Takes and settles `n`, or as many as come. Cancellation: Errors: see above.
  task<std::vector<delivery>> receive(consumer& c, std::size_t n);
  /// Takes and settles what comes until nothing does for `quiet`. Cancellation: Errors: see above.
  task<std::vector<delivery>> drain(consumer& c);
  /// A fault when something comes. Cancellation: Errors: see above.
  task<> silence(consumer& c, std::string where);
  /// Cancellation: Errors: see above; a settlement that is refused.
  task<> settle(consumer& c, const delivery& d, settlement::kind how = settlement::kind::ack,
                duration wait = {});
  /// Waits until it holds. Cancellation: Errors: see above.
  task<> until(std::function<bool()> holds, std::string what);

  /// Faults unless `got` are the events `first` to `last`, once each.
  void each_once(const std::vector<delivery>& got, std::size_t first, std::size_t last);
  /// Faults unless they are there; some may be there again if they are marked.
  void none_lost(const std::vector<delivery>& got, std::size_t first, std::size_t last);
  /// Faults unless the numbers of each key rise.
  void in_order(const std::vector<delivery>& got);

 private:
  void missing(const std::vector<delivery>& got, std::size_t first, std::size_t last);

  subject& subject_;
  std::string space_;
  std::vector<std::string> faults_;
  std::string excuse_;
  std::vector<std::unique_ptr<transport>> connections_;
};

/// The number of an event that `stage::event` made; 0: it is none.
std::size_t number_of(const cloud_event& e) noexcept;
/// Is it told that it may have been delivered before?
inline bool marked(const delivery& d) noexcept { return d.attempt >= 2 || d.maybe_again; }

}  // namespace ensue::conformance
