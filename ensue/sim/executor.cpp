#include <ensue/sim/executor.hpp>
#include <ensue/sim/host_runtime.hpp>
#include <ensue/sim/world.hpp>

namespace ensue::sim {

owned::~owned() {
  if (list_) list_->remove(*this);
}

void owned_list::add(owned& item) noexcept {
  item.list_ = this;
  item.prev_ = nullptr;
  item.next_ = first_;
  if (first_) first_->prev_ = &item;
  first_ = &item;
}

void owned_list::remove(owned& item) noexcept {
  (item.prev_ ? item.prev_->next_ : first_) = item.next_;
  if (item.next_) item.next_->prev_ = item.prev_;
  item.list_ = nullptr;
  item.prev_ = item.next_ = nullptr;
}

void owned_list::clear() noexcept {
  while (first_) delete first_;
}

posted::posted(std::uint32_t strand) noexcept
    : work{[](work& w) { static_cast<posted&>(w).call_and_delete(); }, strand} {}

boost::asio::execution_context& executor::query(boost::asio::execution::context_t) const noexcept {
  return host_->in().services();
}

void executor::post(std::unique_ptr<posted> p) const { host_->post(std::move(p)); }

}  // namespace ensue::sim
