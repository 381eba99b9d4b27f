#include <ensue/async/select.hpp>

namespace ensue::detail {

task<> company::run() {
  job* next = nullptr;
  // Ending removes a member from the list, so the next one is looked up before each start.
  for (job* j = members_.oldest(); j; j = next) {
    next = job_list::next(*j);
    j->start();  // ends at once when it is cancelled already
  }
  if (members_.size() > 0)
    co_await wait_firmly(waiter_, rt_, name_, &company::owner_cancelled, this);
  if (cancelled_ && !first_) throw_cancelled();
}

void company::job_ended(job& j) noexcept {
  const bool wins = !first_ && !j.cancelled();
  if (wins) first_ = &j;
  members_.remove(j);
  if (wins && mode_ == mode::first_wins) members_.cancel_all();
  if (members_.size() == 0) wake_all(waiter_);
}

void company::owner_cancelled(void* self) noexcept {
  auto& c = *static_cast<company*>(self);
  c.cancelled_ = true;
  c.members_.cancel_all();
}

void company::throw_errors(const std::vector<const job*>& all, const job* except) const {
  std::vector<std::exception_ptr> errors;
  bool others = false;
  for (const job* j : all) {
    if (!j->error() || j->cancelled()) continue;
    errors.push_back(j->error());
    others |= j != except;
  }
  if (others) throw error_group{name_, std::move(errors)};
  if (cancelled_ && !except) throw_cancelled();
}

}  // namespace ensue::detail
