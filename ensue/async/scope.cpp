#include <ensue/async/scope.hpp>

namespace ensue {

scope::scope(runtime& rt, scope_options o) : rt_{rt}, options_{std::move(o)} {
  ENSUE_ASSERT(options_.children_max > 0, "a scope without room for a child");
}

scope::~scope() {
  if (children_.size() == 0 || rt_.ending()) return;
  std::string message = "scope \"" + options_.name + "\" was left with children alive:";
  for (const std::string& name : names()) message += " " + name;
  ENSUE_ASSERT(children_.size() == 0, message.c_str());
}

std::vector<std::string> scope::names() const {
  std::vector<std::string> all;
  for (const job* j = children_.oldest(); j; j = job_list::next(*j)) all.push_back(j->name());
  return all;
}

error_code scope::refusal() const noexcept {
  if (!open()) return errc::closed;
  if (children_.size() >= options_.children_max) return errc::full;
  return {};
}

void scope::start(job& j) {
  children_.add(j);
  j.start_soon();
}

void scope::close(state s) noexcept {
  if (state_ == state::closed) return;
  state_ = s;
  wake_all(spawners_, wait_status::closed);
}

void scope::cancel() noexcept {
  close(state::failing);
  children_.cancel_all();
}

// A body that ends by a cancellation nobody asked it for is cancelled, not failed.
void scope::job_ended(job& j) noexcept {
  const bool failed = j.error() && !j.cancelled();
  if (failed && &j == body_ && is_cancellation(j.error())) {
    cancelled_ = true;
  } else if (failed) {
    errors_.push_back(j.error());
  }
  children_.remove(j);
  if (failed) cancel();
  if (open()) wake_one(spawners_);
  if (children_.size() == 0) wake_all(joiner_);
}

void scope::begin_join() {
  if (state_ == state::closed) throw system_error{error_code{errc::closed}, options_.name};
  if (joining_) throw system_error{error_code{errc::exists}, options_.name};
  joining_ = true;
}

task<> scope::all_ended() {
  if (children_.size() > 0)
    co_await wait_firmly(joiner_, rt_, options_.name.c_str(), &scope::owner_cancelled, this);
}

void scope::owner_cancelled(void* self) noexcept {
  auto& s = *static_cast<scope*>(self);
  s.cancelled_ = true;
  s.cancel();
}

task<> scope::join() {
  begin_join();
  co_await all_ended();
  end_join();
}

void scope::end_join() {
  close(state::closed);
  if (!errors_.empty()) throw error_group{options_.name, std::move(errors_)};
  if (cancelled_ || (body_ && body_->cancelled())) throw_cancelled();
}

}  // namespace ensue
