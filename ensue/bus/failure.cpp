#include <ensue/bus/failure.hpp>

#include <ensue/base/result.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

namespace ensue {

std::string failure::what() const { return describe(error); }

std::string describe(const std::exception_ptr& error) {
  if (!error) return "no error";
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& e) {
    return e.what();
  } catch (const std::string& text) {
    return text;
  } catch (const char* text) {
    return text;
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    if (!type) return "unknown exception";
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name{
        abi::__cxa_demangle(type->name(), nullptr, nullptr, &status), &std::free};
    return std::string{"exception of type "} + (name ? name.get() : type->name());
  }
}

bool is_cancellation(const std::exception_ptr& error) noexcept {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& e) {
    return e.code() == boost::asio::error::operation_aborted || e.code() == errc::cancelled;
  } catch (...) {
    return false;
  }
}

}  // namespace ensue
