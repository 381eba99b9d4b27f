// Dead letters: where they are kept, and how their events get back to the subscription that gave
// them up, and to no other.
#include <ensue/async/errors.hpp>
#include <ensue/bus/on_stack.hpp>
#include <ensue/bus/redrive.hpp>

namespace ensue {

dead_letters* dispatcher::letters_for(const subscription_state& s) {
  if (!s.policy().dead_letter) return nullptr;
  if (letters_) return letters_;
  if (!s.policy().on()) return nullptr;
  if (!own_letters_) own_letters_ = std::make_unique<dead_letters>(rt_);
  return own_letters_.get();
}

namespace {

// Completes when the subscription has settled the event, whatever its fate: if it died again,
// there is a newer letter about it.
task<result<>> settle_again(std::shared_ptr<dispatcher> keep, dead_letters::letter_ptr letter) {
  const std::shared_ptr<dispatcher> d = std::move(keep);
  auto made = detail::named_record(*d, letter->event, letter->payload, letter->version);
  if (!made) co_return errc::invalid;
  record& r = *made->get();
  if (!r.story) r.story = std::make_unique<lineage>();
  r.story->env = envelope_of(*letter);
  r.depth = r.story->env.depth;
  publication waiting{d->rt()};
  const detail::waits_for link{r, waiting};
  subscription_state* blocked = nullptr;
  if (const error_code ec = d->accept_into(r, &blocked, {&letter->subscription, 1})) co_return ec;
  while (!waiting.settled())
    if (co_await wait_in(waiting.waiters(), d->rt(), "redrive: the handler") ==
        wait_status::cancelled)
      throw_cancelled();
  co_return result<>{};
}

dead_letters::post_function post_to(bus& b) {
  return [d = b.engine().shared_from_this()](dead_letters::letter_ptr letter) {
    return settle_again(d, std::move(letter));
  };
}

}  // namespace

task<result<redrive_report>> redrive(bus& b, dead_letters& from, dead_letter_filter which,
                                     bool force) {
  return from.redrive(std::move(which), post_to(b), force);
}

task<result<redrive_report>> redrive_marked(bus& b, dead_letters& from) {
  return from.redrive_marked(post_to(b));
}

}  // namespace ensue
