#pragma once

#include <ensue/async/job.hpp>
#include <ensue/async/runtime.hpp>
#include <ensue/async/timer.hpp>
#include <ensue/transport/delivery_lanes.hpp>
#include <ensue/transport/sqlite/database.hpp>
#include <ensue/transport/sqlite/group_rows.hpp>
#include <ensue/transport/transport.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ensue::sqlite {

class settling;

/// A group as this process takes part in it: one member to the database, whose deliveries all its
/// consumers here share. Claims ahead of them, settles for them, keeps the lease.
///
/// Threads: loop thread. Lifetime: shared with what is under way for it.
class group : public std::enable_shared_from_this<group> {
 public:
  struct options {
    std::string name{};
    std::vector<std::string> types{};
    duration lease{};
    bool from_oldest = false;
    std::size_t window = 4'096;  ///< how far it looks ahead for keys that are free
    std::uint64_t token_base = 0;
  };
  /// What happened that its transport must know: an error, or none when all is well again.
  using report = std::function<void(const transport_error*)>;

  group(database& db, options o, membership m, time_point until, report r);
  group(const group&) = delete;
  group& operator=(const group&) = delete;
  ~group() = default;

  /// Begins to claim; after it is in its shared_ptr.
  void start();
  /// Gives all back and is of no use any more. Nothing waits for it.
  void end();
  /// There may be something to claim.
  void poke() noexcept;
  /// Somebody waits for a delivery.
  void ask() noexcept { wake_all(claimer_idle_); }
  bool hungry() const noexcept { return !waiting_.empty(); }

  void join(std::size_t prefetch) noexcept { prefetch_ += prefetch; }
  void part(std::size_t prefetch) noexcept { prefetch_ -= prefetch; }
  bool ended() const noexcept { return ended_; }
  bool nobody() const noexcept { return prefetch_ == 0; }

  std::optional<delivery> take();
  /// The token is this group's, and out.
  bool is_out(std::uint64_t token) const noexcept { return lanes_.is_out(own(token)); }
  bool is_of(std::uint64_t token) const noexcept {
    return (token & ~token_mask) == options_.token_base;
  }
  /// Begins to settle: errc::empty: it is already. Then `finish_settling` must follow.
  result<fate> begin_settling(std::uint64_t token, const settlement& how);
  void finish_settling(std::uint64_t token, const settlement& how, const result<>& done);
  /// The operation that settles what gathers.
  std::shared_ptr<settling> gathering();
  /// What `begin_settling` began was settled, or not, by another operation.
  void settled_apart(std::uint64_t token, const result<>& done);
  result<> extend(std::uint64_t token);
  /// A consumer that goes had it: it comes again here.
  void return_delivery(std::uint64_t token);
  /// What was claimed and not given out goes back.
  void give_back();

  const membership& who() const noexcept { return who_; }
  const std::string& name() const noexcept { return options_.name; }
  work_list& waiting() noexcept { return waiting_; }
  const std::optional<transport_error>& broken() const noexcept { return broken_; }
  runtime& rt() const noexcept { return rt_; }
  void fenced() noexcept;

 private:
  friend class settling;
  struct claiming;
  static constexpr std::uint64_t token_mask = (std::uint64_t{1} << 48) - 1;
  static std::uint64_t own(std::uint64_t token) noexcept { return token & token_mask; }
  bool wants() const noexcept;
  claim_request next_request();
  void arrived(claimed&& got, std::uint64_t pokes_before, time_point until);
  void attempt_over(std::uint64_t own_token);
  void watch_leases();
  void leases_over();
  void keep_lease();

  database& db_;
  runtime& rt_;
  options options_;
  membership who_;
  time_point until_;  // the member's lease
  report report_;
  delivery_lanes lanes_;
  std::size_t prefetch_ = 0;  // of all consumers
  std::uint64_t pokes_ = 0;
  bool dry_ = false;     // there was nothing to claim, and no poke since
  bool fenced_ = false;  // must join anew
  bool active_ = false;  // something was taken since the lease was extended
  bool ended_ = false;
  std::optional<transport_error> broken_;
  std::shared_ptr<settling> gathering_;
  work_list waiting_;  // consumers with nothing to do
  work_list claimer_idle_;
  timer due_;        // something that waits at the database
  timer lease_;      // of a delivery
  timer heartbeat_;  // of the member
  std::optional<owned_job<void>> claimer_;
};

/// Settles what gathered for a group while the last commit ran.
class settling final : public operation {
 public:
  explicit settling(std::weak_ptr<group> of, const membership& m, runtime& rt)
      : operation{kind::synced}, of_{std::move(of)}, member_{m}, rt_{rt} {}

  void add(std::uint64_t token, fate f) {
    tokens_.push_back(token);
    fates_.push_back(std::move(f));
  }
  void begin() override;
  void run(connection& on) override { fenced_ = !settle(on, member_, fates_, now_); }
  void done(const transport_result<>& how, std::exception_ptr thrown) noexcept override;
  bool finished() const noexcept { return outcome_.has_value(); }
  const result<>& outcome() const noexcept { return *outcome_; }
  work_list& waiters() noexcept { return waiters_; }

 private:
  std::weak_ptr<group> of_;
  membership member_;
  runtime& rt_;
  std::vector<std::uint64_t> tokens_;
  std::vector<fate> fates_;
  wall_time now_{};
  bool fenced_ = false;
  std::optional<result<>> outcome_;
  work_list waiters_;
};

}  // namespace ensue::sqlite
