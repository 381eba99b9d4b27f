#include <ensue/reliability/retry.hpp>

namespace ensue::detail {

void throw_last(retry_state& state, const std::exception_ptr& error, retry_end why) {
  const bool given_up =
      why == retry_end::attempts || why == retry_end::deadline || why == retry_end::budget;
  if (!given_up || state.policy().attempts == 1) std::rethrow_exception(error);
  try {
    std::rethrow_exception(error);
  } catch (...) {
    throw retries_exhausted{why, state.failed(), state.began(), state.take_history()};
  }
}

}  // namespace ensue::detail
