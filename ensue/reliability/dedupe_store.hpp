#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/async/task.hpp>
#include <ensue/reliability/dedupe_policy.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_set>

namespace ensue {

struct dedupe_key_hash {
  std::size_t operator()(const dedupe_key& k) const noexcept;
};

/// Where the keys of handled events are kept. Loop thread. See `memory_dedupe_store`, which a
/// durable one can use as its index.
class dedupe_store {
 public:
  virtual ~dedupe_store() = default;

  /// `key` was recorded less than a window ago and is not forgotten. No I/O.
  virtual bool seen(const dedupe_key& key) = 0;
  /// Records `key`; done when it is as durable as this store promises. From the call on, and
  /// however it ends, `seen` is true in this life: the effect has happened.
  ///
  /// Lifetime:     the text of `key` outlives the task.
  /// Cancellation: may end the wait by throwing; the key may then be missing in the next life.
  /// Errors:       those of the store; the same holds.
  virtual task<> record(dedupe_key key) = 0;
};

/// Keeps them in memory: gone with the process.
///
/// Limits: `policy.entries_max`; then the oldest goes, counted when it was inside the window.
/// Cost:   one look-up in a hash table; about 150 bytes an entry and its text.
class memory_dedupe_store final : public dedupe_store {
 public:
  memory_dedupe_store(const runtime& rt, dedupe_policy policy);
  memory_dedupe_store(const memory_dedupe_store&) = delete;
  memory_dedupe_store& operator=(const memory_dedupe_store&) = delete;

  bool seen(const dedupe_key& key) override;
  task<> record(dedupe_key key) override;

  /// As `record`, but at once, and as if at `at`: for what a file remembers. In order of time.
  void remember(const dedupe_key& key, time_point at);
  std::size_t size() const noexcept { return by_age_.size(); }
  /// Forgotten although a copy might still have come.
  std::uint64_t evicted_early() const noexcept { return evicted_early_; }

 private:
  struct entry {
    std::string source, id;
    time_point at;
    dedupe_key key() const noexcept { return {source, id}; }
  };
  struct hash {
    using is_transparent = void;
    std::size_t operator()(const dedupe_key& k) const noexcept { return dedupe_key_hash{}(k); }
    std::size_t operator()(const entry* e) const noexcept { return (*this)(e->key()); }
  };
  struct equal {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const noexcept {
      return key_of(a) == key_of(b);
    }
    static dedupe_key key_of(const dedupe_key& k) noexcept { return k; }
    static dedupe_key key_of(const entry* e) noexcept { return e->key(); }
  };
  void forget_old();
  void forget_oldest();

  const runtime& rt_;
  dedupe_policy policy_;
  std::deque<entry> by_age_;
  std::unordered_set<const entry*, hash, equal> by_key_;
  std::uint64_t evicted_early_ = 0;
};

}  // namespace ensue
