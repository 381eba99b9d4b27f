#include <ensue/async/runtime.hpp>
#include <ensue/async/wait.hpp>

namespace ensue {

runtime::runtime(std::uint64_t seed) : seed_{seed}, ids_{random_stream{seed, "id"}} {}

std::vector<std::string> runtime::waiting() const {
  std::vector<std::string> lines;
  for (const waiter* w = oldest_; w; w = w->next_waiting())
    if (w->pending()) {
      std::string& line = lines.emplace_back(w->what());
      if (w->label()) line.append(" (").append(w->label()).append(")");
    }
  return lines;
}

void runtime::abandon_waiters() {
  ending_ = true;
  while (oldest_) oldest_->abandon();
}

}  // namespace ensue
