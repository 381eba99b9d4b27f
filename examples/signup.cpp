// The starter shape of a service: bounded queues, three workers a handler, at most ten calls to the
// outside at once, a second for each, retries, dead letters, and a drain of two seconds. One mail
// in ten fails. Played in virtual time from one seed, so it always prints the same.
#include <ensue/async/deadline.hpp>
#include <ensue/async/sleep.hpp>
#include <ensue/bus/bus.hpp>
#include <ensue/bus/policy_events.hpp>
#include <ensue/reliability/bulkhead.hpp>
#include <ensue/sim/world.hpp>

#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

struct user_signed_up {
  int id;
  std::string email;
};

class signup {
 public:
  explicit signup(ensue::runtime& rt) : rt_{rt}, bus_{rt} {
    // [subscribe]
    mails_ = bus_.subscribe<user_signed_up>(*this, &signup::send_mail,
                                            {.name = "mail",
                                             .capacity = 50,
                                             .concurrency = 3,
                                             .retry = {.attempts = 4, .base = 20ms},
                                             .timeout = 1s});
    workspaces_ = bus_.subscribe<user_signed_up>(
        *this, &signup::provision, {.name = "workspace", .capacity = 50, .concurrency = 3});
    // [/subscribe]
    lost_ = bus_.subscribe<ensue::event_dead>([](const ensue::event_dead& e) {
      std::printf("given up: %s after %u attempts: %s\n", e.event.c_str(), e.attempts,
                  e.error.c_str());
    });
  }

  ensue::task<> run() {
    for (int i = 0; i < 30; ++i) co_await bus_.post<user_signed_up>(i, mail_of(i));
    std::printf("30 users have signed up\n");
    co_await drain();
    std::printf("%d mails, %d failures on the way, %d workspaces\n", sent_, failed_, provisioned_);
    for (const auto& line : bus_.accounts())
      if (line.counts.accepted > 0)
        std::printf("%-10s %s\n", line.subscription.c_str(), line.counts.text().c_str());
    bus_.close();
  }

 private:
  static std::string mail_of(int id) { return "u" + std::to_string(id) + "@example.com"; }

  ensue::task<> send_mail(const user_signed_up& user) {
    const ensue::permit place = co_await outside_.acquire();
    co_await ensue::sleep_for(rt_, 50ms);
    if (luck_.chance(100)) {
      ++failed_;
      throw std::runtime_error("the mail provider failed on " + user.email);
    }
    ++sent_;
  }
  ensue::task<> provision(const user_signed_up&) {
    const ensue::permit place = co_await outside_.acquire();
    co_await ensue::sleep_for(rt_, 80ms);
    ++provisioned_;
  }
  ensue::task<> drain() {
    try {
      co_await bus_.wait_idle(2s);
      std::printf("drained in time\n");
    } catch (const ensue::system_error&) {
      std::printf("left behind: %s\n", bus_.total().text().c_str());
    }
  }

  ensue::runtime& rt_;
  ensue::bus bus_;
  ensue::bulkhead outside_{rt_, {.concurrency = 10}};
  ensue::random_stream luck_{rt_.random("mail")};
  int sent_ = 0, failed_ = 0, provisioned_ = 0;
  ensue::subscription mails_, workspaces_, lost_;
};

int main() {
  ensue::sim::world world{5};
  signup service{world.rt()};
  world.block_on(service.run());
}
