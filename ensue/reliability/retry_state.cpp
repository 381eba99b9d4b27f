#include <ensue/async/errors.hpp>
#include <ensue/reliability/retry_state.hpp>

namespace ensue {

const char* text(retry_end why) noexcept {
  switch (why) {
    case retry_end::none: return "not ended";
    case retry_end::permanent: return "permanent failure";
    case retry_end::cancelled: return "cancelled";
    case retry_end::attempts: return "no attempts left";
    case retry_end::deadline: return "no time left";
    case retry_end::budget: return "retry budget spent";
  }
  return "unknown";
}

next_step retry_state::after(const std::exception_ptr& error, const runtime& rt,
                             random_stream& random, retry_budget* budget) {
  const verdict seen = classify(policy_->classify, error);
  if (seen == verdict::cancelled) return {.end = retry_end::cancelled};
  note(error, rt);
  if (seen == verdict::permanent) return {.end = retry_end::permanent};
  if (failed_ >= policy_->attempts) return {.end = retry_end::attempts};
  const duration wait = policy_->wait().after(failed_, random);
  if (saturating_add(rt.now(), wait) >= deadline() && deadline() != never)
    return {.end = retry_end::deadline};
  if (budget && !budget->try_take(rt)) return {.end = retry_end::budget};
  return {.wait = wait, .hold = wait <= policy_->hold_max};
}

void retry_state::note(const std::exception_ptr& error, const runtime& rt) {
  ++failed_;
  if (history_.size() == history_max) history_.erase(history_.begin() + 1);
  std::string said = describe(error);
  if (said.size() > failed_attempt::error_bytes_max) {
    // Not in the middle of a UTF-8 sequence.
    std::size_t end = failed_attempt::error_bytes_max;
    while (end > 0 && (static_cast<unsigned char>(said[end]) & 0xC0U) == 0x80U) --end;
    said.resize(end);
  }
  const time_point now = rt.now();
  history_.push_back({failed_, now, rt.wall_now(), std::move(said), now - attempt_began_});
}

}  // namespace ensue
