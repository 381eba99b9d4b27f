#pragma once

#include <ensue/base/result.hpp>

#include <string>
#include <utility>

namespace ensue {

/// Why a transport could not do something: the code says whether to try again (see errc), the text
/// names the transport, the place, and what to change.
struct transport_error {
  error_code code;
  std::string message;

  const std::string& text() const noexcept { return message; }
};

template <class T = void>
using transport_result = boost::system::result<T, transport_error>;

/// For `.value()`: throws system_error with the text.
[[noreturn]] void throw_exception_from_error(const transport_error& e,
                                             const boost::source_location& where);

}  // namespace ensue
