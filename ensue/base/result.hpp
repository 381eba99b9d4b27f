#pragma once

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

namespace ensue {

/// A value or an error_code. Ignoring one is a compile-time warning (an error in our builds).
template <class T = void>
using result = boost::system::result<T>;
using boost::system::error_code;

/// What can go wrong in the lower layers (base, async, event, bus). Each line says what was done
/// and whether the caller may retry; `retryable()` is the same table as code.
enum class errc {
  cancelled = 1,   ///< the caller's scope was cancelled; nothing further was done; never retry
  timed_out,       ///< the deadline passed; the work was cancelled and has ended; may retry
  closed,          ///< the queue, gate, scope or bus is shut; nothing was done; never retry
  full,            ///< the bound is reached and the policy says reject; nothing was done; may retry
  empty,           ///< nothing to take right now; may retry
  invalid,         ///< the input is wrong; the message says what and where; never retry
  not_found,       ///< no such name; nothing was done; never retry
  exists,          ///< the name is taken; nothing was done; never retry
  too_deep,        ///< the storm guard cut a chain of caused events; never retry
  expired,         ///< the event's deadline had passed before the work began; never retry
  refused,         ///< authority is missing; audited; never retry
  halted,          ///< the kill switch is on; nothing was done; retry after the reset
  handler_failed,  ///< a user handler threw; its text is in the failure; the policy decides
  outcome_unknown,  ///< handed over, then the link died; retry only with the same id
  unavailable,      ///< a breaker holds calls off; nothing was done; may retry
};

error_code make_error_code(errc e) noexcept;

/// True when trying the same call again can help.
bool retryable(const error_code& ec) noexcept;

}  // namespace ensue

namespace boost::system {
template <>
struct is_error_code_enum<ensue::errc> : std::true_type {};
}  // namespace boost::system
