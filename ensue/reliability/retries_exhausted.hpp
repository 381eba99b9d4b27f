#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/reliability/retry_state.hpp>

namespace ensue {

/// Trying was given up after a transient failure. The last error is nested in it:
///
///     catch (const retries_exhausted& e) {
///       log(e.what());                    // "gave up after 4 attempts (no attempts left): …"
///       try { std::rethrow_if_nested(e); } catch (const no_stock& last) { … }
///     }
///
/// `code()` is that of the last error when it had one, errc::handler_failed otherwise, so that a
/// catch of system_error sees the same as without retries.
class retries_exhausted : public system_error, public std::nested_exception {
 public:
  /// Only in a catch clause: nests the exception that is handled there.
  retries_exhausted(retry_end why, unsigned attempts, time_point began,
                    std::vector<failed_attempt> history);

  retry_end why() const noexcept { return why_; }
  unsigned attempts() const noexcept { return attempts_; }
  /// As `retry_state::history`.
  const std::vector<failed_attempt>& history() const noexcept { return history_; }
  /// Why, and each kept attempt with its time since the first one began.
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  retry_end why_;
  unsigned attempts_;
  std::vector<failed_attempt> history_;
  std::string text_;
};

}  // namespace ensue
