#include <ensue/async/errors.hpp>

#include <boost/asio/error.hpp>

#include <cstdlib>
#include <cxxabi.h>
#include <memory>
#include <typeinfo>
#include <utility>

namespace ensue {

void throw_cancelled() {
  throw system_error{error_code{boost::asio::error::operation_aborted}, "cancelled"};
}

bool is_cancellation(const error_code& ec) noexcept {
  return ec == boost::asio::error::operation_aborted || ec == errc::cancelled;
}

bool is_cancellation(const std::exception_ptr& e) noexcept {
  if (!e) return false;
  try {
    std::rethrow_exception(e);
  } catch (const system_error& error) {
    return is_cancellation(error.code());
  } catch (...) {
    return false;
  }
}

bool has_code(const std::exception_ptr& e, errc code) noexcept {
  if (!e) return false;
  try {
    std::rethrow_exception(e);
  } catch (const system_error& error) {
    return error.code() == code;
  } catch (...) {
    return false;
  }
}

namespace {

std::string current_exception_type() {
  const std::type_info* type = abi::__cxa_current_exception_type();
  if (!type) return "unknown";
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name{
      abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free};
  return name ? name.get() : type->name();
}

}  // namespace

std::string describe(const std::exception_ptr& e) {
  if (!e) return {};
  try {
    std::rethrow_exception(e);
  } catch (const std::exception& error) {
    return error.what();
  } catch (const std::string& text) {
    return text;
  } catch (const char* text) {  // also takes a thrown nullptr
    return text ? text : "an exception that is a null pointer";
  } catch (...) {
    return "an exception of type " + current_exception_type();
  }
}

error_group::error_group(std::string_view where, std::vector<std::exception_ptr> errors)
    : errors_{std::move(errors)} {
  text_ = std::to_string(errors_.size());
  text_ += errors_.size() == 1 ? " error in " : " errors in ";
  text_ += where;
  const char* separator = ": ";
  for (const std::exception_ptr& e : errors_) {
    text_ += separator;
    text_ += describe(e);
    separator = "; ";
  }
}

}  // namespace ensue
