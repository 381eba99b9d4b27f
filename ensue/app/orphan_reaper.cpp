#include <ensue/app/orphan_reaper.hpp>

#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <utility>
#include <vector>

namespace ensue {
namespace {

namespace fs = std::filesystem;

std::vector<int> children() {
  std::vector<int> all;
  std::error_code failed;
  for (const auto& task : fs::directory_iterator{"/proc/self/task", failed}) {
    std::ifstream in{task.path() / "children"};
    for (int pid = 0; in >> pid;) all.push_back(pid);
  }
  return all;
}

// Children that somebody holds by a pidfd will be collected by that somebody.
std::vector<int> held() {
  std::vector<int> all;
  std::error_code failed;
  for (const auto& file : fs::directory_iterator{"/proc/self/fdinfo", failed}) {
    std::ifstream in{file.path()};
    for (std::string name, value; in >> name && std::getline(in, value);)
      if (name == "Pid:") all.push_back(std::atoi(value.c_str()));
  }
  return all;
}

bool collect(int pid, int how) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | how) == 0 &&
         info.si_pid == pid;
}

}  // namespace

struct orphan_reaper::state {
  state(runtime& rt, std::function<void(int)> f)
      : ended{rt.executor(), SIGCHLD}, on_reaped{std::move(f)} {}

  void reap() {
    std::vector<int> ours;
    bool looked = false;
    for (const int pid : children()) {
      if (!collect(pid, WNOWAIT)) continue;
      if (!std::exchange(looked, true)) ours = held();
      if (std::find(ours.begin(), ours.end(), pid) != ours.end()) continue;
      if (collect(pid, 0) && on_reaped) on_reaped(pid);
    }
  }

  boost::asio::signal_set ended;
  std::function<void(int)> on_reaped;
  bool over = false;
};

orphan_reaper::orphan_reaper(runtime& rt, std::function<void(int)> on_reaped)
    : state_{std::make_shared<state>(rt, std::move(on_reaped))} {
  await(state_);
}

orphan_reaper::~orphan_reaper() {
  state_->over = true;
  state_->on_reaped = nullptr;
  boost::system::error_code ignored;
  state_->ended.clear(ignored);
}

void orphan_reaper::await(const std::shared_ptr<state>& s) {
  s->ended.async_wait([s](const boost::system::error_code& ec, int) {
    if (ec || s->over) return;
    s->reap();
    if (!s->over) await(s);
  });
}

}  // namespace ensue
