#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/task.hpp>
#include <ensue/event/json.hpp>
#include <ensue/flow/job_context.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace ensue::detail {

/// Runs the handler of a job on its arguments; its result as JSON, nothing when it is void.
using job_body =
    std::function<task<std::optional<std::string>>(const std::string& args, job_context& c)>;

template <class Args, class F>
concept job_handler =
    std::invocable<F&, const Args&, job_context&> || std::invocable<F&, const Args&>;

template <class Args, class F>
decltype(auto) call_job(F& f, const Args& args, job_context& c) {
  if constexpr (std::invocable<F&, const Args&, job_context&>) {
    return f(args, c);
  } else {
    return f(args);
  }
}

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

template <class R>
std::string job_result_text(const R& value) {
  auto text = encode_json(value);
  if (!text) throw system_error{errc::invalid, "the result: " + text.error().text()};
  return *std::move(text);
}

template <class Args>
Args job_args(const std::string& text) {
  auto read = decode_json<Args>(text);
  if (!read) throw system_error{errc::invalid, "the arguments: " + read.error().text()};
  return *std::move(read);
}

template <class Args, class F>
task<std::optional<std::string>> run_job_handler(std::shared_ptr<F> f, const std::string& text,
                                                 job_context& c) {
  using out = std::invoke_result_t<decltype(&call_job<Args, F>), F&, const Args&, job_context&>;
  const std::shared_ptr<F> hold = std::move(f);
  const Args args = job_args<Args>(text);
  if constexpr (is_task<out>) {
    out work = call_job<Args>(*hold, args, c);
    if constexpr (std::is_void_v<typename out::value_type>) {
      co_await std::move(work);
    } else {
      const auto value = co_await std::move(work);
      co_return job_result_text(value);
    }
  } else if constexpr (std::is_void_v<out>) {
    call_job<Args>(*hold, args, c);
  } else {
    co_return job_result_text(call_job<Args>(*hold, args, c));
  }
  co_return std::nullopt;
}

template <class Args, class F>
job_body make_job_body(F f) {
  static_assert(job_handler<Args, F>,
                "the handler of a job takes (const Args&) or (const Args&, ensue::job_context&)");
  return [f = std::make_shared<F>(std::move(f))](const std::string& args, job_context& c) {
    return run_job_handler<Args, F>(f, args, c);
  };
}

}  // namespace ensue::detail
