#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/base/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ensue {

/// What a store says to one that may hold a lease now.
struct lease_grant {
  std::uint64_t token = 0;  ///< greater than that of every grant before, of whatever lease
  duration ttl{};           ///< from the moment the store decided
};

/// Where leases are kept: who holds which until when, by one clock, the store's own. In memory, or
/// behind a connection: then every call may be late, lost or done twice, and all of it is safe.
/// Outlives its leases. Loop thread.
class lease_store {
 public:
  virtual ~lease_store() = default;

  /// Gives `name` to `owner` when nobody else holds it. Also to one that holds it already: with a
  /// new token, which makes his earlier one void.
  /// Cancellation: throws; it may be held or not. Errors: errc::unavailable: somebody else holds
  /// it; errc::full; the store's.
  virtual task<result<lease_grant>> acquire(std::string name, std::string owner, duration ttl) = 0;
  /// Makes it last for `ttl` from now.
  /// Cancellation: throws; done or not. Errors: errc::refused: `token` does not hold it (any more),
  /// and never will; the store's: done or not.
  virtual task<result<>> renew(std::string name, std::uint64_t token, duration ttl) = 0;
  /// Lets it go, so that others need not wait for its end.
  /// Cancellation: throws; done or not. Errors: errc::refused; the store's.
  virtual task<result<>> release(std::string name, std::uint64_t token) = 0;
};

/// The decisions of a store, without its medium: a value that can be kept and copied. Times are
/// those of one clock that never goes back.
///
/// Limits: `leases_max` held at once; what has run out takes no room.
class lease_table {
 public:
  explicit lease_table(std::size_t leases_max = 10'000) noexcept : leases_max_{leases_max} {}

  struct held {
    std::string owner;
    std::uint64_t token = 0;
    time_point until{};
  };
  /// As those of lease_store.
  result<lease_grant> acquire(std::string_view name, std::string_view owner, duration ttl,
                              time_point now);
  result<> renew(std::string_view name, std::uint64_t token, duration ttl, time_point now);
  result<> release(std::string_view name, std::uint64_t token, time_point now);
  /// Who holds it; none: nobody.
  std::optional<held> holder(std::string_view name, time_point now) const;
  std::uint64_t last_token() const noexcept { return last_token_; }
  std::size_t size() const noexcept { return leases_.size(); }

 private:
  held* find(std::string_view name, time_point now);
  bool has_room(time_point now);

  std::map<std::string, held, std::less<>> leases_;
  std::size_t leases_max_;
  std::uint64_t last_token_ = 0;  // of all leases: it need not be kept for each that ran out
};

/// Leases between the parts of one process.
class memory_lease_store final : public lease_store {
 public:
  explicit memory_lease_store(runtime& rt, std::size_t leases_max = 10'000) noexcept
      : rt_{rt}, table_{leases_max} {}
  task<result<lease_grant>> acquire(std::string name, std::string owner, duration ttl) override;
  task<result<>> renew(std::string name, std::uint64_t token, duration ttl) override;
  task<result<>> release(std::string name, std::uint64_t token) override;
  const lease_table& table() const noexcept { return table_; }

 private:
  runtime& rt_;
  lease_table table_;
};

}  // namespace ensue
