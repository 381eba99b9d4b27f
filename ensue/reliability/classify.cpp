#include <ensue/async/errors.hpp>
#include <ensue/reliability/classify.hpp>
#include <ensue/reliability/retries_exhausted.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <typeinfo>
#include <variant>

namespace ensue {
namespace {

namespace se = boost::system::errc;

// About the call, not about the moment.
constexpr std::array lasting{se::address_family_not_supported,
                             se::argument_list_too_long,
                             se::argument_out_of_domain,
                             se::bad_address,
                             se::bad_file_descriptor,
                             se::bad_message,
                             se::cross_device_link,
                             se::destination_address_required,
                             se::executable_format_error,
                             se::file_exists,
                             se::file_too_large,
                             se::filename_too_long,
                             se::function_not_supported,
                             se::illegal_byte_sequence,
                             se::inappropriate_io_control_operation,
                             se::invalid_argument,
                             se::invalid_seek,
                             se::is_a_directory,
                             se::message_size,
                             se::no_such_file_or_directory,
                             se::not_a_directory,
                             se::not_a_socket,
                             se::not_supported,
                             se::operation_not_permitted,
                             se::operation_not_supported,
                             se::permission_denied,
                             se::protocol_not_supported,
                             se::read_only_file_system,
                             se::result_out_of_range,
                             se::too_many_symbolic_link_levels,
                             se::value_too_large,
                             se::wrong_protocol_type};

// One that lasts decides; a group of nothing but cancellations is one.
verdict of_group(const error_group& group) noexcept {
  verdict all = verdict::cancelled;
  for (const std::exception_ptr& e : group.errors()) {
    const verdict one = classify(e);
    if (one == verdict::permanent) return one;
    if (one == verdict::transient) all = one;
  }
  return all;
}

bool lasts(const std::exception& e) noexcept {
  return dynamic_cast<const std::logic_error*>(&e) || dynamic_cast<const std::bad_cast*>(&e) ||
         dynamic_cast<const std::bad_typeid*>(&e) ||
         dynamic_cast<const std::bad_optional_access*>(&e) ||
         dynamic_cast<const std::bad_variant_access*>(&e) ||
         dynamic_cast<const std::bad_function_call*>(&e);
}

}  // namespace

verdict classify(const error_code& ec) noexcept {
  if (is_cancellation(ec) || ec == se::operation_canceled) return verdict::cancelled;
  if (ec.category() == make_error_code(errc::invalid).category())
    return retryable(ec) ? verdict::transient : verdict::permanent;
  const auto same = [&](se::errc_t e) { return ec == e; };
  return std::any_of(lasting.begin(), lasting.end(), same) ? verdict::permanent
                                                           : verdict::transient;
}

verdict classify(const std::exception_ptr& error) noexcept {
  if (!error) return verdict::permanent;
  try {
    std::rethrow_exception(error);
  } catch (const retries_exhausted&) {
    return verdict::permanent;
  } catch (const system_error& e) {
    return classify(e.code());
  } catch (const std::system_error& e) {
    return classify(error_code{e.code()});
  } catch (const error_group& e) {
    return of_group(e);
  } catch (const std::exception& e) {
    return lasts(e) ? verdict::permanent : verdict::transient;
  } catch (...) {
    return verdict::transient;
  }
}

verdict classify(const classifier& by, const std::exception_ptr& error) {
  return by ? by(error) : classify(error);
}

}  // namespace ensue
