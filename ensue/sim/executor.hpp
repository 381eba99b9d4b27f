#pragma once

#include <ensue/async/work.hpp>

#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace ensue::sim {

class host_runtime;
class owned_list;

/// Strands that the simulator uses itself; users count up from 1.
inline constexpr std::uint32_t posted_strand = 0xffff'ffff;    // functions given to the executor
inline constexpr std::uint32_t handover_strand = 0xffff'fffe;  // functions from outside the loop

/// Something a host owns until it has run: destroyed with the host otherwise.
class owned {
 public:
  owned() = default;
  owned(const owned&) = delete;
  owned& operator=(const owned&) = delete;
  virtual ~owned();

 private:
  friend class owned_list;
  owned_list* list_ = nullptr;
  owned* prev_ = nullptr;
  owned* next_ = nullptr;
};

class owned_list {
 public:
  owned_list() = default;
  owned_list(const owned_list&) = delete;
  owned_list& operator=(const owned_list&) = delete;
  ~owned_list() { clear(); }

  void add(owned& item) noexcept;
  void remove(owned& item) noexcept;
  /// Destroys everything, also what the destructors add meanwhile.
  void clear() noexcept;
  bool empty() const noexcept { return first_ == nullptr; }

 private:
  owned* first_ = nullptr;
};

/// A function on its way to run as a step of a host.
class posted : public work, public owned {
 public:
  explicit posted(std::uint32_t strand) noexcept;

 private:
  /// Moves the function out, destroys *this, calls it.
  virtual void call_and_delete() = 0;
};

template <class F>
class posted_function final : public posted {
 public:
  explicit posted_function(F&& f, std::uint32_t strand = posted_strand)
      : posted{strand}, f_{std::move(f)} {}

 private:
  void call_and_delete() override {
    F f{std::move(f_)};
    delete this;
    std::move(f)();
  }
  F f_;
};

/// The executor of a simulated host: each function is one step, in the order they were posted,
/// never inside the call. A crashed host's functions are destroyed instead. Cheap to copy; must
/// not outlive the world.
class executor {
 public:
  explicit executor(host_runtime& h) noexcept : host_{&h} {}

  boost::asio::execution_context& query(boost::asio::execution::context_t) const noexcept;
  static constexpr boost::asio::execution::blocking_t query(
      boost::asio::execution::blocking_t) noexcept {
    return boost::asio::execution::blocking.never;
  }

  template <class F>
  void execute(F&& f) const {
    using stored = posted_function<std::decay_t<F>>;
    std::decay_t<F> copy(std::forward<F>(f));
    post(std::make_unique<stored>(std::move(copy)));
  }

  friend bool operator==(const executor& a, const executor& b) noexcept {
    return a.host_ == b.host_;
  }
  friend bool operator!=(const executor& a, const executor& b) noexcept { return !(a == b); }

 private:
  void post(std::unique_ptr<posted> p) const;
  host_runtime* host_;
};

}  // namespace ensue::sim
