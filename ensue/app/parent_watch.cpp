#include <ensue/app/parent_watch.hpp>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <array>
#include <csignal>
#include <sys/prctl.h>
#include <unistd.h>

namespace ensue {

struct parent_watch::state {
  state(runtime& rt, std::function<void()> f) : input{rt.executor()}, on_death{std::move(f)} {}
  void tell() {
    if (const auto f = std::exchange(on_death, nullptr)) f();
  }
  boost::asio::posix::stream_descriptor input;
  std::function<void()> on_death;
  std::array<char, 256> thrown_away{};
};

parent_watch::parent_watch(runtime& rt, parent_death how, std::function<void()> on_death)
    : state_{std::make_shared<state>(rt, std::move(on_death))} {
  if (how == parent_death::ignored) return;
  if (how == parent_death::signal) {
    const pid_t before = ::getppid();
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() == before) return;
    boost::asio::post(rt.executor(), [s = state_] { s->tell(); });
    return;
  }
  boost::system::error_code failed;
  state_->input.assign(::dup(STDIN_FILENO), failed);
  if (!failed) {
    await(state_);
  } else {  // a file or /dev/null cannot be waited for: nobody holds its other end
    rt.log().write(log_level::warning, "standard input is no pipe: parent death goes unnoticed",
                   {});
  }
}

parent_watch::~parent_watch() {
  state_->on_death = nullptr;
  boost::system::error_code ignored;
  state_->input.close(ignored);
}

void parent_watch::await(const std::shared_ptr<state>& s) {
  s->input.async_read_some(boost::asio::buffer(s->thrown_away),
                           [s](const boost::system::error_code& ec, std::size_t) {
                             if (!s->on_death) return;
                             if (ec) return s->tell();
                             await(s);
                           });
}

}  // namespace ensue
