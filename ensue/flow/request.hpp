#pragma once

#include <ensue/async/errors.hpp>
#include <ensue/async/timed_wait.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/bus/bus.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>

namespace ensue {

struct request_counts {
  std::uint64_t asked = 0;
  std::uint64_t answered = 0;
  std::uint64_t timed_out = 0;
  std::uint64_t late = 0;     ///< replies to a request nobody waits for any more: dropped
  std::uint64_t surplus = 0;  ///< further replies to a request that was answered: dropped
};

/// Request and reply over a bus: a request is an event like any other, its reply is the event that
/// its handler returns. A reply finds its request by cause, so handlers need to know nothing of it.
///
///     bus.subscribe<price_asked>([](const price_asked& q) { return price{q.item, 450}; });
///     requests<price> prices{bus};
///     const price p = co_await prices.ask<price_asked>(1s, "tea");
///
/// Limits:   `waiting_max` requests at once; the last `remembered_max` that ended are known, so
/// that
///           late replies are told from replies to somebody else's requests.
/// Lifetime: the bus outlives it; it must outlive its requests.
/// Threads:  loop thread.
template <event Reply>
class requests {
 public:
  explicit requests(bus& b, std::size_t waiting_max = 1024)
      : bus_{b}, waiting_max_{waiting_max}, replies_{listen()} {}
  requests(const requests&) = delete;
  requests& operator=(const requests&) = delete;

  /// Posts a Request built from `args` and waits for the first reply that it causes.
  ///
  /// Shape:        one event out, one in.
  /// Deadline:     `within`; the request carries it, so that one not begun by then is expired.
  /// Cancellation: stops waiting; a reply that comes then counts as late.
  /// Errors:       throws system_error: errc::timed_out (the request may or may not have been
  ///               handled), errc::full (`waiting_max`, or a queue: nothing was done; may retry),
  ///               errc::closed.
  template <event Request, class... Args>
  [[nodiscard]] task<Reply> ask(duration within, Args&&... args) {
    runtime& rt = bus_.rt();
    const uuid id = rt.new_id();
    const time_point until = saturating_add(rt.now(), within);
    if (waiting_.size() >= waiting_max_) return refused(errc::full);
    auto mine = std::make_unique<pending>();
    pending& p = *mine;
    waiting_.emplace(id, std::move(mine));
    const error_code ec = bus_.with({.id = id, .deadline = until})
                              .template try_post<Request>(std::forward<Args>(args)...);
    if (ec) {
      waiting_.erase(id);
      return refused(ec);
    }
    ++counts_.asked;
    return wait_for(*this, ticket{*this, id}, p, until);
  }

  request_counts counts() const noexcept {
    request_counts all = counts_;
    // A reply inherits its request's deadline: one that is too late mostly ends as expired.
    all.late += replies_.counts().expired;
    return all;
  }
  std::size_t waiting() const noexcept { return waiting_.size(); }

  static constexpr std::size_t remembered_max = 4096;

 private:
  struct pending {
    std::optional<Reply> reply;
    work_list waiters;
  };
  enum class outcome : std::uint8_t { answered, given_up };
  /// Takes the request out of the table, however its wait ends, also when it never begins.
  class ticket {
   public:
    ticket(requests& of, const uuid& id) noexcept : of_{&of}, id_{id} {}
    ticket(ticket&& other) noexcept : of_{std::exchange(other.of_, nullptr)}, id_{other.id_} {}
    ticket& operator=(ticket&&) = delete;
    ~ticket() {
      if (!of_) return;
      const auto at = of_->waiting_.find(id_);
      of_->remember(id_, at->second->reply ? outcome::answered : outcome::given_up);
      of_->waiting_.erase(at);
    }

   private:
    requests* of_;
    uuid id_;
  };

  subscription listen() {
    return bus_.subscribe<Reply>([this](const Reply& r, context& c) { take(r, c); },
                                 {.name = "replies"});
  }

  void take(const Reply& r, context& c) {
    const uuid cause = c.meta().causation;
    if (const auto at = waiting_.find(cause); at != waiting_.end()) {
      pending& p = *at->second;
      if (p.reply) return void(++counts_.surplus);
      p.reply.emplace(r);
      wake_all(p.waiters);
    } else if (const auto was = ended_.find(cause); was != ended_.end()) {
      ++(was->second == outcome::answered ? counts_.surplus : counts_.late);
    }
  }

  static task<Reply> refused(error_code ec) {
    throw system_error(ec, "request");
    co_return Reply{};
  }

  // The table owns `p` until the ticket goes.
  static task<Reply> wait_for(requests& self, ticket given, pending& p, time_point until) {
    const ticket mine = std::move(given);
    if (!p.reply) {
      const wait_status end = co_await timed_wait(p.waiters, self.bus_.rt(), "a reply", until);
      if (end == wait_status::cancelled) throw_cancelled();
    }
    if (!p.reply) {
      ++self.counts_.timed_out;
      throw system_error(errc::timed_out, "waiting for a reply");
    }
    ++self.counts_.answered;
    co_return std::move(*p.reply);
  }

  void remember(const uuid& id, outcome how) {
    ended_.emplace(id, how);
    by_age_.push_back(id);
    if (by_age_.size() <= remembered_max) return;
    ended_.erase(by_age_.front());
    by_age_.pop_front();
  }

  bus& bus_;
  const std::size_t waiting_max_;
  request_counts counts_;
  std::map<uuid, std::unique_ptr<pending>> waiting_;
  std::map<uuid, outcome> ended_;
  std::deque<uuid> by_age_;
  subscription replies_;
};

}  // namespace ensue
