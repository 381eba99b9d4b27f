#pragma once

#include <ensue/async/job.hpp>

#include <array>
#include <tuple>
#include <variant>
#include <vector>

namespace ensue {
namespace detail {

// Jobs started together, on behalf of one coroutine that waits for all of them to end.
class company final : private job_owner {
 public:
  enum class mode : bool { first_wins, all_run };
  company(runtime& rt, const char* name, mode m) noexcept : rt_{rt}, name_{name}, mode_{m} {}

  template <class T>
  reference<job_of<T>> add(task<T> t) {
    reference<job_of<T>> j{new job_of<T>{rt_, name_, std::move(t), this}};
    members_.add(*j);
    return j;
  }
  /// Starts them one after the other, each up to its first wait, and waits for all. With
  /// `first_wins`, nothing more starts once one has ended.
  task<> run();
  const job* first() const noexcept { return first_; }
  /// Throws what the members threw, each but `except`, cancellation aside.
  void throw_errors(const std::vector<const job*>& all, const job* except) const;
  bool owner_was_cancelled() const noexcept { return cancelled_; }

 private:
  void job_ended(job& j) noexcept override;
  static void owner_cancelled(void* self) noexcept;

  runtime& rt_;
  const char* name_;
  mode mode_;
  job_list members_;
  work_list waiter_;
  const job* first_ = nullptr;
  bool cancelled_ = false;
};

}  // namespace detail

/// The one that ended first, by its place among the arguments, and its value.
template <class... Ts>
using selected = std::variant<value_or_nothing<Ts>...>;

namespace detail {

template <class... Ts, std::size_t... I>
selected<Ts...> take_selected(std::tuple<reference<job_of<Ts>>...>& jobs, const job* first,
                              std::index_sequence<I...>) {
  std::optional<selected<Ts...>> out;
  ((std::get<I>(jobs).get() == first
        ? static_cast<void>(
              out.emplace(std::in_place_index<I>, std::move(std::get<I>(jobs)->get())))
        : static_cast<void>(0)),
   ...);
  return std::move(*out);
}

template <class... Refs>
std::vector<const job*> pointers(const std::tuple<Refs...>& jobs) {
  return std::apply([](const auto&... j) { return std::vector<const job*>{j.get()...}; }, jobs);
}
template <class T>
std::vector<const job*> pointers(const std::vector<reference<job_of<T>>>& jobs) {
  std::vector<const job*> all;
  for (const auto& j : jobs) all.push_back(j.get());
  return all;
}

}  // namespace detail

/// Runs all; the first to end decides, the others are cancelled and have finished their cleanup
/// before it returns. `nothing` stands for void; `.index()` tells which it was.
///
/// Order: started in order; of those that end in one step the one that ended first wins. One that
/// ends without waiting keeps those after it from starting.
/// Cancellation: cancels all, waits for them, then throws.
/// Errors: that of the winner; an error_group when others fail in their cleanup.
template <class... Ts>
task<selected<Ts...>> select(runtime& rt, task<Ts>... tasks) {
  detail::company all{rt, "select", detail::company::mode::first_wins};
  std::tuple<reference<job_of<Ts>>...> jobs{all.add(std::move(tasks))...};
  co_await all.run();
  all.throw_errors(detail::pointers(jobs), all.first());
  co_return detail::take_selected<Ts...>(jobs, all.first(), std::index_sequence_for<Ts...>{});
}

/// As above, for any number of one kind: its place and its value. `tasks` must not be empty.
/// Cancellation: Errors:
template <class T>
task<std::pair<std::size_t, value_or_nothing<T>>> select(runtime& rt, std::vector<task<T>> tasks) {
  ENSUE_ASSERT(!tasks.empty(), "a selection from nothing");
  detail::company all{rt, "select", detail::company::mode::first_wins};
  std::vector<reference<job_of<T>>> jobs;
  for (task<T>& t : tasks) jobs.push_back(all.add(std::move(t)));
  co_await all.run();
  all.throw_errors(detail::pointers(jobs), all.first());
  std::size_t i = 0;
  while (jobs[i].get() != all.first()) ++i;
  co_return std::pair<std::size_t, value_or_nothing<T>>(i, std::move(jobs[i]->get()));
}

/// Runs all to their ends and returns all results.
///
/// Order: started in order.
/// Cancellation: cancels all, waits for them, then throws.
/// Errors: an error_group of all that failed; the others have run to their end all the same. For
/// "the first error ends all" use a scope.
template <class... Ts>
task<std::tuple<value_or_nothing<Ts>...>> when_all(runtime& rt, task<Ts>... tasks) {
  detail::company all{rt, "when_all", detail::company::mode::all_run};
  std::tuple<reference<job_of<Ts>>...> jobs{all.add(std::move(tasks))...};
  co_await all.run();
  all.throw_errors(detail::pointers(jobs), nullptr);
  co_return std::apply(
      [](auto&... j) { return std::tuple<value_or_nothing<Ts>...>(std::move(j->get())...); }, jobs);
}

/// As above, for any number of one kind. Cancellation: Errors:
template <class T>
task<std::vector<value_or_nothing<T>>> when_all(runtime& rt, std::vector<task<T>> tasks) {
  detail::company all{rt, "when_all", detail::company::mode::all_run};
  std::vector<reference<job_of<T>>> jobs;
  for (task<T>& t : tasks) jobs.push_back(all.add(std::move(t)));
  co_await all.run();
  all.throw_errors(detail::pointers(jobs), nullptr);
  std::vector<value_or_nothing<T>> values;
  for (auto& j : jobs) values.push_back(std::move(j->get()));
  co_return values;
}

}  // namespace ensue
