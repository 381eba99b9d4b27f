#pragma once

#include <ensue/base/assert.hpp>

#include <cstdint>
#include <optional>
#include <utility>

namespace ensue::testing {

/// What a crash in the middle of a transaction leaves behind.
enum class tearing : std::uint8_t {
  whole,  ///< nothing of it: changes go to a copy until the commit
  torn,   ///< what was changed so far: a store without transactions
};

/// State that survives crashes, as a database or a file would keep it. Owned by the simulation;
/// shared by all lives of all hosts.
template <class T>
class durable {
 public:
  explicit durable(tearing kind = tearing::whole, T first = T{})
      : kind_{kind}, value_{std::move(first)} {}
  durable(const durable&) = delete;
  durable& operator=(const durable&) = delete;

  /// What is committed.
  const T& value() const noexcept { return value_; }
  const T* operator->() const noexcept { return &value_; }
  const T& operator*() const noexcept { return value_; }

  /// Changes it in one step: no crash falls in between. `f` takes `T&`; its result is returned.
  template <class F>
  decltype(auto) change(F&& f) {
    ++version_;
    return std::forward<F>(f)(value_);
  }

  /// A change over several steps, with awaits in between. Destroyed without a commit, by a crash
  /// for instance, it leaves nothing (or, torn, what was done).
  class transaction {
   public:
    explicit transaction(durable& of) : of_{&of}, version_{of.version_} {
      if (of.kind_ == tearing::whole) copy_.emplace(of.value_);
    }
    T& operator*() noexcept { return copy_ ? *copy_ : of_->value_; }
    T* operator->() noexcept { return &**this; }
    /// False, and nothing is changed, when somebody else changed it since `begin`: begin anew.
    [[nodiscard]] bool commit() {
      if (copy_ && version_ != of_->version_) return false;
      if (copy_) of_->value_ = std::move(*copy_);
      ++of_->version_;
      return true;
    }

   private:
    durable* of_;
    std::uint64_t version_;
    std::optional<T> copy_;
  };
  transaction begin() { return transaction{*this}; }

 private:
  friend class transaction;
  tearing kind_;
  std::uint64_t version_ = 0;
  T value_;
};

}  // namespace ensue::testing
