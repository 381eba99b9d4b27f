#pragma once

#include <ensue/base/result.hpp>

#include <cstdint>
#include <exception>
#include <functional>

namespace ensue {

/// What a failure says about trying again.
enum class verdict : std::uint8_t {
  transient,  ///< may go away: the network, a time-out, a full queue, anything unknown
  permanent,  ///< the same call fails the same way: bad input, no authority, a logic error
  cancelled,  ///< no failure: somebody asked for it to end
};

/// How a policy looks at failures. Must not throw.
using classifier = std::function<verdict(const std::exception_ptr&)>;

/// The default classifier.
///
///   cancelled: cancellation (Asio's, ours, std::errc::operation_canceled)
///   permanent: errc that is not `retryable`; the system's errors about the call itself (invalid
///              argument, permission, no such file, not supported, too long, …); std::logic_error
///              with all its kinds, std::bad_cast and its like; `retries_exhausted`, so that nested
///              retries do not multiply
///   transient: everything else, what is no std::exception included
verdict classify(const std::exception_ptr& error) noexcept;
verdict classify(const error_code& ec) noexcept;

/// What `by` says, or the default when it is empty.
verdict classify(const classifier& by, const std::exception_ptr& error);

}  // namespace ensue
