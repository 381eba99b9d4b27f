#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/reliability/token_bucket.hpp>

#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ensue {

/// A limit that tenants share, and one that each has for himself. At least one must be limited.
struct keyed_rate_policy {
  rate_policy shared = rate_policy::none();
  rate_policy each = rate_policy::none();
  std::size_t waiting_max = 1024;  ///< per key; the `waiting_max` of the two are not looked at
  std::size_t keys_max = 10'000;   ///< known at once; those with nothing to remember are forgotten

  /// One sentence about the first field that is out of range; none when all is well.
  std::optional<std::string> wrong() const;
};

/// A rate limit that is fair between keys: while several wait for the shared limit, they have turns
/// one after the other, however many calls one of them has waiting.
///
/// Limits:   `keys_max` keys, `waiting_max` calls waiting for each.
/// Lifetime: must outlive its waiters.
/// Threads:  loop thread.
/// Order:    first come, first served within a key; round robin between keys.
/// Cost:     a look-up per call, O(log n) of the keys that wait for their own limit.
class keyed_rate_limit {
 public:
  /// Asserts that the policy is not `wrong`. `name` must outlive it.
  keyed_rate_limit(runtime& rt, keyed_rate_policy policy, const char* name = "keyed rate limit");
  keyed_rate_limit(const keyed_rate_limit&) = delete;
  keyed_rate_limit& operator=(const keyed_rate_limit&) = delete;
  ~keyed_rate_limit();

  /// errc::empty: not now. errc::full: too many keys. Nothing was taken; may retry.
  [[nodiscard]] result<> try_take(std::string_view key);
  /// Waits for a turn of `key`, and takes it.
  ///
  /// Cancellation: ends the wait by throwing; nothing is taken, also when the turn came in the same
  ///               step.
  /// Errors:       errc::full thrown: too many calls of this key wait, or too many keys; may retry.
  task<> take(std::string key);

  const keyed_rate_policy& policy() const noexcept { return policy_; }
  std::size_t keys() const noexcept { return tenants_.size(); }
  std::size_t waiting() const noexcept;  ///< O(keys)
  std::uint64_t taken() const noexcept { return taken_; }

 private:
  struct tenant;
  struct waiting_call;
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept {
      return std::hash<std::string_view>{}(s);
    }
  };
  struct alarm : timer_entry {
    explicit alarm(keyed_rate_limit& l) noexcept : timer_entry{&alarm::ring}, limit{l} {}
    static void ring(work& w) { static_cast<alarm&>(w).limit.serve(); }
    keyed_rate_limit& limit;
  };

  tenant* find_or_make(std::string_view key, time_point now);
  bool take_now(tenant& t, time_point now);
  void stand_in_line(tenant& t, time_point now);
  void put_back(std::string_view key);
  void serve();
  void arm(time_point now);
  void leave(tenant& t);
  bool forget_one(time_point now);

  runtime& rt_;
  keyed_rate_policy policy_;
  const char* name_;
  token_bucket shared_;
  std::unordered_map<std::string, std::unique_ptr<tenant>, hash, std::equal_to<>> tenants_;
  std::deque<tenant*> round_;  // may have a turn as soon as the shared limit allows
  std::multimap<time_point, tenant*> resting_;  // until their own limit allows
  std::list<tenant*> idle_;                     // nobody waits; longest idle first
  alarm alarm_;
  std::uint64_t taken_ = 0;
};

}  // namespace ensue
