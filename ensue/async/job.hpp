#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/wait_or_throw.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace ensue {
namespace detail {
// The type of the coroutine at the bottom of every coroutine thread of Asio.
using thread_entry = boost::asio::awaitable<boost::asio::detail::awaitable_thread_entry_point,
                                            boost::asio::any_io_executor>;
}  // namespace detail

/// A counted reference of the loop thread.
template <class Job>
class reference {
 public:
  reference() = default;
  explicit reference(Job* j) noexcept : job_{j} {
    if (job_) job_->retain();
  }
  reference(const reference& other) noexcept : reference{other.job_} {}
  reference(reference&& other) noexcept : job_{std::exchange(other.job_, nullptr)} {}
  reference& operator=(reference other) noexcept {
    std::swap(job_, other.job_);
    return *this;
  }
  ~reference() {
    if (job_) job_->release();
  }
  Job* get() const noexcept { return job_; }
  Job* operator->() const noexcept { return job_; }
  Job& operator*() const noexcept { return *job_; }
  explicit operator bool() const noexcept { return job_ != nullptr; }

 private:
  Job* job_ = nullptr;
};

class job;
class job_list;

/// Told on the loop when a job of its own has ended.
class job_owner {
 public:
  virtual void job_ended(job& j) noexcept = 0;

 protected:
  ~job_owner() = default;
};

/// A task run beside the one that started it, with a cancellation of its own: what scopes,
/// time-outs, selections and shields are made of. Users hold it as a `child`.
///
/// It is a coroutine thread of Asio as `co_spawn` makes one, but starts and ends without a detour
/// through the executor: two recycled allocations in all.
///
/// Lifetime: references counted on the loop thread; a running coroutine holds one. Nothing here
/// waits for its end: that is its owner's duty.
class job : public work {
 public:
  const std::string& name() const noexcept { return name_; }
  runtime& owner_runtime() const noexcept { return rt_; }
  bool started() const noexcept { return started_; }
  bool finished() const noexcept { return finished_; }
  bool cancel_requested() const noexcept { return cancel_requested_; }
  /// It ended by the cancellation it was asked for.
  bool cancelled() const noexcept { return cancelled_; }
  /// What it threw; null while it runs and when it returned.
  const std::exception_ptr& error() const noexcept { return error_; }
  /// Where coroutines stand that wait for its end.
  work_list& waiters() noexcept { return waiters_; }

  /// Runs it at once, up to its first wait; `start_soon`: from the loop.
  void start();
  void start_soon();
  /// Asks it to end: at its present await and at every later one. If it has not started, it never
  /// will, and ends cancelled.
  void cancel() noexcept;
  /// Destroys its coroutine where it stands, as far as it waits in a primitive of ours: only for
  /// owners that are being destroyed themselves. It never finishes then.
  void abandon() noexcept;

  void retain() noexcept { ++references_; }
  void release() noexcept {
    if (--references_ == 0) delete this;
  }
  static void* operator new(std::size_t size);
  static void operator delete(void* at, std::size_t size) noexcept;

 protected:
  job(runtime& rt, std::string_view name, job_owner* owner);
  // Protected and virtual: only its own reference count ends it.
  virtual ~job();  // NOLINT(cppcoreguidelines-virtual-class-destructor)
  virtual void launch() = 0;
  virtual void drop_task() noexcept = 0;
  void run_thread(detail::thread_entry entry);
  void fail(std::exception_ptr e) noexcept;
  void finish() noexcept;

  // Lives as long as the coroutine's frame. Afterwards there is nobody to cancel.
  class presence {
   public:
    explicit presence(job& j) noexcept : job_{j} { job_.retain(), job_.present_ = true; }
    presence(const presence&) = delete;
    presence& operator=(const presence&) = delete;
    ~presence() { job_.present_ = false, job_.release(); }

   private:
    job& job_;
  };

 private:
  friend class job_list;
  static void run_start(work& w);
  void end_unstarted() noexcept;

  runtime& rt_;
  job_owner* owner_;
  job_list* list_ = nullptr;
  job* older_ = nullptr;
  job* newer_ = nullptr;
  std::string name_;
  boost::asio::cancellation_signal signal_;
  std::exception_ptr error_;
  work_list waiters_;
  unsigned references_ = 0;
  bool started_ = false;
  bool present_ = false;
  bool finished_ = false;
  bool cancelled_ = false;
  bool cancel_requested_ = false;
};

/// The unfinished jobs of one owner, oldest first; holds a reference to each and abandons those
/// that are left when it is destroyed.
class job_list {
 public:
  job_list() = default;
  job_list(const job_list&) = delete;
  job_list& operator=(const job_list&) = delete;
  ~job_list();
  void add(job& j) noexcept;
  void remove(job& j) noexcept;
  void cancel_all() noexcept;
  job* oldest() const noexcept { return oldest_; }
  static job* next(const job& j) noexcept { return j.newer_; }
  std::size_t size() const noexcept { return size_; }

 private:
  job* oldest_ = nullptr;
  job* newest_ = nullptr;
  std::size_t size_ = 0;
};

/// What stands for a result where there is none.
struct nothing {};
template <class T>
using value_or_nothing = std::conditional_t<std::is_void_v<T>, nothing, T>;

template <class T>
class job_of final : public job {
 public:
  job_of(runtime& rt, std::string_view name, task<T> t, job_owner* owner = nullptr)
      : job{rt, name, owner}, task_{std::move(t)} {}

  /// The result, in place; throws what the task threw. Only when finished.
  value_or_nothing<T>& get() {
    ENSUE_ASSERT(finished(), "the result of a job that runs");
    if (error()) std::rethrow_exception(error());
    return *value_;
  }
  T take() {
    if constexpr (std::is_void_v<T>) {
      get();
    } else {
      return std::move(get());
    }
  }

 private:
  static detail::thread_entry run(job_of* self, task<T> t) {
    const presence here{*self};
    try {
      if constexpr (std::is_void_v<T>) {
        co_await std::move(t);
        self->value_.emplace();
      } else {
        self->value_.emplace(co_await std::move(t));
      }
    } catch (...) {
      self->fail(std::current_exception());
    }
    self->finish();
  }
  void launch() override { run_thread(run(this, std::move(*task_))), task_.reset(); }
  void drop_task() noexcept override { task_.reset(); }

  std::optional<task<T>> task_;
  std::optional<value_or_nothing<T>> value_;
};

/// An unfinished job whose destruction destroys its coroutine.
template <class T>
class owned_job {
 public:
  owned_job(runtime& rt, std::string_view name, task<T> t, job_owner* owner = nullptr)
      : job_{new job_of<T>{rt, name, std::move(t), owner}} {}
  owned_job(const owned_job&) = delete;
  owned_job& operator=(const owned_job&) = delete;
  ~owned_job() {
    if (!job_->finished()) job_->abandon();
  }
  job_of<T>* operator->() const noexcept { return job_.get(); }
  job_of<T>& operator*() const noexcept { return *job_; }

 private:
  reference<job_of<T>> job_;
};

}  // namespace ensue
