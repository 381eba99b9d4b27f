#pragma once

#include <ensue/async/child.hpp>
#include <ensue/base/limits.hpp>

#include <functional>

namespace ensue {

struct scope_options {
  std::string name = "scope";
  std::size_t children_max = limits::scope_children_max;  ///< alive at a time
};

/// Tasks that end together: nobody leaves before all have ended. The first that fails cancels the
/// others; all errors come out as one `error_group`. Main form: `with_scope`, below.
///
///     scope s{rt};
///     s.spawn("reader", read(feed));
///     co_await s.join();
///
/// Limits: `children_max`; finished children are let go at once.
/// Lifetime: the scope must outlive its children. Destroying one with children alive is a
/// programmer error that ends the program and names them; `with_scope` makes it impossible.
/// Threads: loop thread.
/// Order: children start from the loop, in the order they were spawned.
/// Cancellation: a cancelled owner cancels the children and waits for them; it comes out as
/// cancellation unless something failed. A child that was cancelled alone is no error.
/// Cost: two recycled allocations a child.
class scope final : private job_owner {
 public:
  explicit scope(runtime& rt, scope_options o = {});
  scope(const scope&) = delete;
  scope& operator=(const scope&) = delete;
  ~scope();

  /// Starts `t` from the loop. errc::full: too many alive, may retry; errc::closed: the scope is
  /// failing, cancelled or done. `t` is disposed of unrun then.
  template <class T>
  [[nodiscard]] result<child<T>> try_spawn(std::string_view name, task<T> t);
  /// The same, but throws these errors.
  template <class T>
  child<T> spawn(std::string_view name, task<T> t);
  child<void> spawn(std::string_view name, task<> t) { return spawn<void>(name, std::move(t)); }
  /// Starts the coroutine `f(args...)`; keeps `f` and `args` until it ends, so it may capture.
  template <class F, class... Args>
    requires std::invocable<F&, Args&...>
  auto spawn(std::string_view name, F f, Args... args);
  /// Waits for a free place first; several wait in turn.
  /// Cancellation: ends the wait, `t` is disposed of unrun.
  /// Errors: errc::closed thrown, `t` disposed of unrun.
  template <class T>
  task<child<T>> spawn_wait(std::string name, task<T> t);

  /// Waits until no child is alive; then the scope is closed. Children may still spawn meanwhile.
  /// Cancellation: cancels the children, goes on waiting, then throws the cancellation.
  /// Errors: error_group with every child's error, thrown even when also cancelled.
  /// errc::exists: somebody joins already; errc::closed: joined before.
  task<> join();
  /// Runs `body(*this)` and joins. A failing child also cancels the body. The form `with_scope`
  /// is made of, for a scope that exists already.
  /// Cancellation: and Errors: as `join`; an error of the body is in the group too.
  template <class F>
  auto run(F body) -> std::invoke_result_t<F&, scope&>;

  /// Cancels all children and closes; `join` still waits for them.
  void cancel() noexcept;

  std::size_t size() const noexcept { return children_.size(); }
  std::vector<std::string> names() const;
  const std::string& name() const noexcept { return options_.name; }
  bool open() const noexcept { return state_ == state::open; }

 private:
  enum class state : std::uint8_t { open, failing, closed };

  void job_ended(job& j) noexcept override;
  error_code refusal() const noexcept;
  void start(job& j);
  void begin_join();
  task<> all_ended();
  void end_join();
  void close(state s) noexcept;
  static void owner_cancelled(void* self) noexcept;

  runtime& rt_;
  scope_options options_;
  job_list children_;
  work_list joiner_, spawners_;
  std::vector<std::exception_ptr> errors_;
  const job* body_ = nullptr;
  state state_ = state::open;
  bool joining_ = false;
  bool cancelled_ = false;  // the owner, or the body by itself
};

namespace detail {
// Keeps what the coroutine refers to in a frame around it.
template <class F, class... Args>
auto keep_and_run(F f, Args... args) -> std::invoke_result_t<F&, Args&...> {
  co_return co_await f(args...);
}
}  // namespace detail

template <class T>
result<child<T>> scope::try_spawn(std::string_view name, task<T> t) {
  if (const error_code refused = refusal()) return refused;
  auto* j = new job_of<T>{rt_, name, std::move(t), this};
  start(*j);
  return child<T>{*j};
}

template <class T>
child<T> scope::spawn(std::string_view name, task<T> t) {
  if (const error_code refused = refusal()) throw system_error{refused, options_.name};
  return *try_spawn(name, std::move(t));
}

template <class F, class... Args>
  requires std::invocable<F&, Args&...>
auto scope::spawn(std::string_view name, F f, Args... args) {
  if (const error_code refused = refusal()) throw system_error{refused, options_.name};
  return spawn(name, detail::keep_and_run(std::move(f), std::move(args)...));
}

template <class T>
task<child<T>> scope::spawn_wait(std::string name, task<T> t) {
  while (refusal() == errc::full) co_await wait_or_throw(spawners_, rt_, "a free place in a scope");
  co_return spawn(name, std::move(t));
}

template <class F>
auto scope::run(F body) -> std::invoke_result_t<F&, scope&> {
  using T = typename std::invoke_result_t<F&, scope&>::value_type;
  begin_join();
  const reference<job_of<T>> main{
      new job_of<T>{rt_, "body", detail::keep_and_run(std::ref(body), std::ref(*this)), this}};
  children_.add(*main);
  body_ = main.get();
  main->start();
  co_await all_ended();
  end_join();
  co_return main->take();
}

/// Runs `body(s)` with a scope `s` that cannot be left before all of its children have ended.
///
///     co_await with_scope(rt, [&](scope& s) -> task<> {
///       s.spawn("reader", read(feed));
///       co_await write(feed);
///     });
///
/// Shape: returns what `body` returns. A failing child cancels the body and its siblings.
/// Cancellation: and Errors: as `scope::run`.
template <class F>
auto with_scope(runtime& rt, scope_options o, F body) -> std::invoke_result_t<F&, scope&> {
  scope s{rt, std::move(o)};
  co_return co_await s.run(std::move(body));
}
/// As above, but with the default options. Cancellation: Errors:
template <class F>
auto with_scope(runtime& rt, F body) -> std::invoke_result_t<F&, scope&> {
  return with_scope(rt, scope_options{}, std::move(body));
}

}  // namespace ensue
