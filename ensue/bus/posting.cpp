#include <ensue/bus/posting.hpp>

#include <boost/system/system_error.hpp>

#include <memory>

namespace ensue::detail {
namespace {

task<> accepted() { co_return; }

task<> refused(error_code ec) {
  throw boost::system::system_error(ec, "post");
  co_return;
}

task<> wait_for_room(std::shared_ptr<dispatcher> d, record_ref r, subscription_state* blocked) {
  for (;;) {
    co_await wait_in(blocked->room_waiters(), d->rt(), blocked->name().c_str());
    blocked = nullptr;
    const error_code ec = d->accept(*r.get(), &blocked);
    if (!ec) co_return;
    if (!blocked) throw boost::system::system_error(ec, "post");
  }
}

}  // namespace

error_code try_post(dispatcher& d, record_ref r) {
  subscription_state* blocked = nullptr;
  return d.accept(*r.get(), &blocked);
}

task<> post(dispatcher& d, record_ref r) {
  subscription_state* blocked = nullptr;
  const error_code ec = d.accept(*r.get(), &blocked);
  if (!ec) return accepted();
  if (!blocked) return refused(ec);
  return wait_for_room(d.shared_from_this(), std::move(r), blocked);
}

}  // namespace ensue::detail
