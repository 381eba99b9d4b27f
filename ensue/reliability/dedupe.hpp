#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>
#include <ensue/reliability/dedupe_store.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace ensue {

enum class dedupe_answer : std::uint8_t {
  first,        ///< do it, then say how it went
  duplicate,    ///< it was done: do nothing
  in_progress,  ///< a copy is at work
};

struct dedupe_counts {
  std::uint64_t first = 0;       ///< effects that were begun
  std::uint64_t duplicates = 0;  ///< copies that were told so
  std::uint64_t failed = 0;      ///< effects that failed: forgotten
};

/// Lets one of several copies of an event take effect. Recorded on success only: a copy of an event
/// whose handler failed is new. Copies that arrive while one is at work wait for how it ends: well,
/// and they are duplicates; badly, and the next of them is the first.
///
///     dedupe::claim c = co_await once.begin(key);
///     if (c.answer() == dedupe_answer::duplicate) co_return;
///     co_await charge(order);
///     co_await c.succeeded();
///
/// What it promises: at most one effect that succeeded per key and window, as long as the process
/// lives and nothing was evicted early; beyond that, what the store promises. A crash between the
/// effect and its record repeats the effect.
///
/// Limits:   `in_progress_max` claims, `copies_max` waiting for each.
/// Lifetime: must outlive its claims and waiters; the store must outlive it.
/// Threads:  loop thread.
/// Order:    copies that wait have their turn in the order they came.
/// Cost:     two look-ups; an entry per event at work.
class dedupe {
  struct work_in_hand;

 public:
  /// The answer and, for the first, the duty to say how it went. Move-only. Destroyed without a
  /// word (an exception, a cancellation) it says `failed`.
  class [[nodiscard]] claim {
   public:
    claim() = default;
    claim(claim&& other) noexcept
        : of_{std::exchange(other.of_, nullptr)}, at_{other.at_}, answer_{other.answer_} {}
    claim& operator=(claim&& other) noexcept {
      std::swap(of_, other.of_);
      std::swap(at_, other.at_);
      std::swap(answer_, other.answer_);
      return *this;
    }
    ~claim() { failed(); }

    dedupe_answer answer() const noexcept { return answer_; }
    bool first() const noexcept { return of_ != nullptr; }
    /// Records it. Nothing to do for a copy.
    ///
    /// Lifetime:     the claim must outlive the task.
    /// Cancellation: may end it by throwing; copies are duplicates in this life all the same.
    /// Errors:       those of the store's `record`; the same holds.
    task<> succeeded();
    /// Forgets it: the next copy is the first.
    void failed() noexcept;

   private:
    friend class dedupe;
    explicit claim(dedupe_answer a) noexcept : answer_{a} {}
    claim(dedupe& of, work_in_hand& at) noexcept
        : of_{&of}, at_{&at}, answer_{dedupe_answer::first} {}
    static task<> record(claim& self);

    dedupe* of_ = nullptr;
    work_in_hand* at_ = nullptr;
    dedupe_answer answer_ = dedupe_answer::duplicate;
  };

  /// Asserts that the policy is on and not `wrong`.
  dedupe(runtime& rt, dedupe_policy policy, dedupe_store& store, const char* name = "dedupe");
  /// Keeps them in memory.
  dedupe(runtime& rt, dedupe_policy policy, const char* name = "dedupe");
  dedupe(const dedupe&) = delete;
  dedupe& operator=(const dedupe&) = delete;
  ~dedupe();

  /// Asks without waiting. errc::full: too many at work. Nothing was done; may retry.
  [[nodiscard]] result<claim> try_begin(const dedupe_key& key);
  /// Waits for a copy that is at work: `first` or `duplicate`.
  ///
  /// Lifetime:     the text of `key` outlives the task.
  /// Cancellation: ends the wait by throwing; a claim that was handed over in the same step goes to
  ///               the caller, and to the next copy when it goes.
  /// Errors:       errc::full thrown: too many at work or waiting; may retry.
  task<claim> begin(dedupe_key key);

  const dedupe_policy& policy() const noexcept { return policy_; }
  const dedupe_counts& counts() const noexcept { return counts_; }
  dedupe_store& store() noexcept { return *store_; }
  std::size_t in_progress() const noexcept { return in_hand_.size(); }

 private:
  struct waiting_copy;

  claim start(const dedupe_key& key);
  void end_well(work_in_hand& w) noexcept;
  void end_badly(work_in_hand& w) noexcept;

  runtime& rt_;
  dedupe_policy policy_;
  std::unique_ptr<dedupe_store> own_;
  dedupe_store* store_;
  const char* name_;
  // Keyed by text that the value owns.
  std::unordered_map<dedupe_key, std::unique_ptr<work_in_hand>, dedupe_key_hash> in_hand_;
  dedupe_counts counts_;
};

}  // namespace ensue
