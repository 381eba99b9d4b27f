#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace ensue {

/// One handler's failure with one event.
struct failure {
  std::string subscription;  ///< the handler's name
  std::string event;         ///< the event type's name
  std::exception_ptr error;

  /// The exception's text, also of one that is no std::exception.
  std::string what() const;
};

/// The text of any exception; "unknown exception of type int" and the like where there is none.
std::string describe(const std::exception_ptr& error);

/// True for a cancelled coroutine (operation_aborted, errc::cancelled): an outcome, not a failure.
bool is_cancellation(const std::exception_ptr& error) noexcept;

}  // namespace ensue
