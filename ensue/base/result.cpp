#include <ensue/base/result.hpp>

#include <array>
#include <string>

namespace ensue {
namespace {

struct entry {
  errc code;
  const char* text;
  bool retryable;
};

// In the order of the enum: entry i describes errc(i + 1).
constexpr std::array table{
    entry{errc::cancelled, "cancelled", false},
    entry{errc::timed_out, "timed out", true},
    entry{errc::closed, "closed", false},
    entry{errc::full, "full", true},
    entry{errc::empty, "empty", true},
    entry{errc::invalid, "invalid input", false},
    entry{errc::not_found, "not found", false},
    entry{errc::exists, "already exists", false},
    entry{errc::too_deep, "chain of caused events too deep", false},
    entry{errc::expired, "deadline passed before the work began", false},
    entry{errc::refused, "refused: no authority", false},
    entry{errc::halted, "halted by the kill switch", true},
    entry{errc::handler_failed, "a handler failed", false},
    entry{errc::outcome_unknown, "outcome unknown", true},
    entry{errc::unavailable, "unavailable: its breaker is open", true},
};

class category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "ensue"; }
  std::string message(int value) const override {
    const auto i = static_cast<std::size_t>(value) - 1;
    return i < table.size() ? table[i].text : "unknown error";
  }
};

const category the_category;

}  // namespace

error_code make_error_code(errc e) noexcept { return {static_cast<int>(e), the_category}; }

bool retryable(const error_code& ec) noexcept {
  const auto i = static_cast<std::size_t>(ec.value()) - 1;
  return ec.category() == the_category && i < table.size() && table[i].retryable;
}

}  // namespace ensue
