#include <ensue/async/errors.hpp>
#include <ensue/async/wait.hpp>
#include <ensue/transport/sqlite/consumer.hpp>
#include <ensue/transport/sqlite/transport.hpp>

#include <utility>

namespace ensue::sqlite {
namespace {

task<result<>> settle_in(std::shared_ptr<group> in, std::uint64_t token, settlement how) {
  const std::shared_ptr<group> g = std::move(in);
  result<fate> f = g->begin_settling(token, how);
  if (!f) {
    if (f.error() == errc::empty) co_return result<>{};
    co_return f.error();
  }
  const std::shared_ptr<settling> with = g->gathering();
  with->add(token, std::move(*f));
  while (!with->finished()) co_await wait_or_throw(with->waiters(), g->rt(), "sqlite: settled");
  co_return with->outcome();
}

}  // namespace

consumer::consumer(transport& from, std::shared_ptr<group> g, std::size_t prefetch)
    : from_{&from}, group_{std::move(g)}, prefetch_{prefetch} {
  group_->join(prefetch_);
  from_->consumers_.push_back(this);
}

consumer::~consumer() {
  stop();
  if (group_->nobody()) {
    group_->end();
  } else {
    for (const std::uint64_t token : mine_) group_->return_delivery(token);
  }
  if (from_) {
    std::erase(from_->consumers_, this);
    from_->forget_ended();
  }
}

void consumer::forget_fenced() {
  std::erase_if(mine_, [&](std::uint64_t t) { return !group_->is_out(t); });
}

std::size_t consumer::unsettled() const noexcept {
  std::size_t n = 0;
  for (const std::uint64_t token : mine_) n += group_->is_out(token) ? 1U : 0U;
  return n;
}

task<transport_result<delivery>> consumer::next() {
  for (;;) {
    if (stopped_) co_return transport_error{errc::closed, "sqlite: the consumer was stopped"};
    if (group_->broken()) co_return *group_->broken();
    if (mine_.size() >= prefetch_) forget_fenced();
    if (mine_.size() < prefetch_) {
      if (auto d = group_->take()) {
        mine_.insert(d->token);
        co_return std::move(*d);
      }
      group_->ask();
    }
    if (co_await wait_in(group_->waiting(), group_->rt(), "sqlite consumer: the next delivery") ==
        wait_status::cancelled)
      throw_cancelled();
  }
}

task<result<>> consumer::settle(std::uint64_t token, settlement how) {
  if (!group_->is_of(token)) co_return errc::not_found;
  const result<> done = co_await settle_in(group_, token, std::move(how));
  co_return done;
}

task<result<>> consumer::extend(std::uint64_t token) {
  if (!group_->is_of(token)) co_return errc::not_found;
  co_return group_->extend(token);
}

void consumer::stop() {
  if (std::exchange(stopped_, true)) return;
  group_->part(prefetch_);
  if (group_->nobody()) group_->give_back();
  wake_all(group_->waiting());
}

}  // namespace ensue::sqlite
