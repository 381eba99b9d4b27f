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

}  // namespace ensue
