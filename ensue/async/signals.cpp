#include <ensue/async/signals.hpp>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ensue {

struct signals::set : boost::asio::signal_set {
  using boost::asio::signal_set::signal_set;
};

signals::signals(runtime& rt, std::initializer_list<int> numbers)
    : set_{std::make_unique<set>(rt.executor())} {
  for (const int n : numbers) set_->add(n);
}

signals::~signals() = default;

task<int> signals::next() { co_return co_await set_->async_wait(boost::asio::use_awaitable); }

}  // namespace ensue
