#include <ensue/base/assert.hpp>
#include <ensue/reliability/retries_exhausted.hpp>
#include <ensue/reliability/wording.hpp>

namespace ensue {
namespace {

error_code code_of(const std::exception_ptr& e) noexcept {
  ENSUE_ASSERT(e, "there is no error to nest");
  try {
    std::rethrow_exception(e);
  } catch (const system_error& error) {
    return error.code();
  } catch (...) {
    return errc::handler_failed;
  }
}

std::string words(retry_end why, unsigned attempts, time_point began,
                  const std::vector<failed_attempt>& history) {
  std::string out = "gave up after " + std::to_string(attempts) +
                    (attempts == 1 ? " attempt (" : " attempts (") + text(why) + ")";
  const char* separator = ": ";
  for (const failed_attempt& a : history) {
    out += separator;
    out += "#" + std::to_string(a.number) + " at " + in_words(a.at - began) + ", " + a.error;
    separator = "; ";
  }
  return out;
}

}  // namespace

retries_exhausted::retries_exhausted(retry_end why, unsigned attempts, time_point began,
                                     std::vector<failed_attempt> history)
    : system_error{code_of(std::current_exception())},
      why_{why},
      attempts_{attempts},
      history_{std::move(history)},
      text_{words(why, attempts, began, history_)} {}

}  // namespace ensue
