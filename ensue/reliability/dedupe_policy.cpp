#include <ensue/reliability/dedupe_policy.hpp>
#include <ensue/reliability/wording.hpp>

namespace ensue {

std::optional<std::string> dedupe_policy::wrong() const {
  if (window < duration::zero())
    return "dedupe.window is " + in_words(window) + "; it must be at least 0 (0: off)";
  if (!on()) return std::nullopt;
  if (entries_max < 1) return "dedupe.entries_max is 0; at least 1 is needed";
  if (in_progress_max < 1) return "dedupe.in_progress_max is 0; at least 1 is needed";
  return std::nullopt;
}

}  // namespace ensue
