#pragma once

#include <ensue/base/result.hpp>

#include <boost/system/system_error.hpp>

#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

using boost::system::system_error;

/// Cancellation is an exception of its own: what Asio throws at a cancelled await. Ours is the
/// same one, so that one `catch` sees both. Never swallow it: the next co_await throws it again.
[[noreturn]] void throw_cancelled();
bool is_cancellation(const error_code& ec) noexcept;
bool is_cancellation(const std::exception_ptr& e) noexcept;
bool has_code(const std::exception_ptr& e, errc code) noexcept;

/// The text of whatever was thrown, also of what is no std::exception; "" for none.
std::string describe(const std::exception_ptr& e);

/// Several errors carried together, in the order they happened. Groups nest and keep their shape.
class error_group : public std::exception {
 public:
  error_group(std::string_view where, std::vector<std::exception_ptr> errors);

  const std::vector<std::exception_ptr>& errors() const noexcept { return errors_; }
  /// "2 errors in orders: no stock; (1 error in inner: no route)"
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::vector<std::exception_ptr> errors_;
  std::string text_;
};

}  // namespace ensue
