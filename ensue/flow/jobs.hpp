#pragma once

#include <ensue/flow/job_handler.hpp>
#include <ensue/flow/job_policy.hpp>
#include <ensue/flow/job_store.hpp>
#include <ensue/reliability/dead_letters.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <typeindex>
#include <utility>
#include <vector>

namespace ensue {

namespace detail {
class job_engine;
}

/// A struct that says the name of its jobs: `static constexpr std::string_view job_name =
/// "resize"`.
template <class T>
concept named_job = requires {
  { T::job_name } -> std::convertible_to<std::string_view>;
};

/// Jobs by name: enqueued with arguments, begun by a worker now or later, watched by id.
///
///     jobs work{rt, store};
///     work.define<resize>("resize", [](const resize& r, job_context& c) -> task<resized> {…});
///     auto asked = work.enqueue("resize", resize{"a.png", 400}, {.delay = 5min});
///     const uuid id = (co_await std::move(asked)).value().id;
///     const auto ended = co_await work.wait(id, 1h);
///
/// Promises: a job that was recorded is begun at least once, and ends: done, failed, cancelled or
/// expired, once. While a worker is heard of, no other begins its job; when it is not, another does
/// once the lease has ended, and what the first one says after that changes nothing. So a handler
/// may run twice (job_context::id and token help it), but a job ends once.
///
/// Who only enqueues and looks needs no definition and no `run`.
///
/// Limits:   job_limits of the store; jobs_options::workers handlers at once.
/// Lifetime: the store outlives it and its `run`.
/// Threads:  loop thread.
/// Order:    of beginning: see job_table.
/// Errors:   of every operation: those of the store.
class jobs {
 public:
  /// Throws system_error(errc::invalid) with a sentence when the options contradict themselves.
  jobs(runtime& rt, job_store& store, jobs_options o = {});
  jobs(const jobs&) = delete;
  jobs& operator=(const jobs&) = delete;
  ~jobs();

  /// Says what a job does: `handler` takes `const Args&` and, if it likes, a `job_context&`; it
  /// returns nothing, a described result, or a task of these. Before `run`, each name once.
  /// Throws system_error(errc::invalid) with a sentence when the policy contradicts itself.
  template <class Args, class F>
  void define(std::string name, F handler, job_policy policy = {}) {
    add(std::move(name), std::move(policy), typeid(Args),
        detail::make_job_body<Args>(std::move(handler)));
  }
  template <named_job Args, class F>
  void define(F handler, job_policy policy = {}) {
    define<Args>(std::string{Args::job_name}, std::move(handler), std::move(policy));
  }

  /// Records a job. The arguments are written down within the call.
  ///
  /// Shape:        done when the job is in the store, which with a job_file means on the disk.
  /// Cancellation: throws; it may or may not be recorded.
  /// Errors:       errc::invalid: options (see enqueue_options::wrong; the log says it too),
  ///               arguments without JSON or too long, or of another type than was defined here;
  ///               errc::full: may retry. Nothing was recorded. Else the store's.
  template <class Args>
  [[nodiscard]] task<result<enqueued_job>> enqueue(std::string_view name, const Args& args,
                                                   enqueue_options o = {}) {
    auto text = encode_json(args);
    return enqueue_text(std::string{name}, text ? *std::move(text) : std::string{}, &typeid(Args),
                        std::move(o));
  }
  /// Under the name that the arguments have. Cancellation: Errors: as above.
  template <named_job Args>
  [[nodiscard]] task<result<enqueued_job>> enqueue(const Args& args, enqueue_options o = {}) {
    return enqueue(std::string_view{Args::job_name}, args, std::move(o));
  }
  /// Arguments as a JSON text. Cancellation: Errors: as above.
  [[nodiscard]] task<result<enqueued_job>> enqueue_json(std::string name, std::string args,
                                                        enqueue_options o = {});

  /// The job as it is: state, progress, result. Cancellation: throws. Errors: errc::not_found:
  /// unknown, or forgotten.
  task<result<job_record>> find(uuid id);
  /// In the order of enqueuing. Cancellation: throws. Errors: the store's.
  task<result<std::vector<job_record>>> list(job_filter f = {});
  /// Waits until the job has ended, whoever does it.
  ///
  /// Deadline:     `within`.
  /// Cancellation: stops waiting.
  /// Errors:       errc::timed_out: it goes on; errc::not_found; the store's.
  /// Cost:         looks at each jobs_options::poll, and when it ends here.
  task<result<job_record>> wait(uuid id, duration within);
  /// Ends a job that waits; a running one is cancelled at its next await, cleans up, and ends
  /// cancelled: at once when it runs here, else with its next heartbeat. A handler that answers
  /// with a result is done all the same. Returns the job as it is then.
  ///
  /// Cancellation: throws; it may or may not be cancelled.
  /// Errors:       errc::not_found; errc::closed: it has ended.
  task<result<job_record>> cancel(uuid id);
  /// Enqueues the jobs of dead letters again, each as a new one.
  /// Cancellation: Errors: as dead_letters::redrive.
  task<result<redrive_report>> redrive(dead_letters& from, dead_letter_filter which);

  /// Works: claims jobs whose names are defined here, and runs their handlers.
  ///
  /// Deadline:     none; runs until cancelled.
  /// Cancellation: cancels the handlers, waits for their clean-up, gives their jobs back, throws.
  /// Errors:       throws system_error: errc::exists: runs already; the store's, when trying again
  ///               cannot help. Errors of handlers are what their policies are for.
  task<> run();

  /// Handlers at work here.
  std::size_t running() const noexcept;
  job_account account() const;

 private:
  void add(std::string name, job_policy policy, std::type_index args, detail::job_body body);
  task<result<enqueued_job>> enqueue_text(std::string name, std::string args,
                                          const std::type_info* type, enqueue_options o);

  struct inside;
  std::shared_ptr<detail::job_engine> engine_;
  std::unique_ptr<inside> inside_;
};

}  // namespace ensue
