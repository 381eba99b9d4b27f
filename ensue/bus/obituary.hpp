#pragma once

#include <ensue/async/task.hpp>
#include <ensue/bus/dispatcher.hpp>
#include <ensue/reliability/dead_letters.hpp>
#include <ensue/reliability/retry_state.hpp>

#include <exception>
#include <functional>
#include <memory>

namespace ensue {

/// The letter about an event that a subscription gives up. `tries`: what was tried, null: once.
/// The payload is JSON when the bus's registry knows the type; otherwise the letter says that it
/// cannot be posted again, and why.
dead_letter letter_about(subscription_state& s, record& r, const retry_state* tries,
                         death_reason why, const std::exception_ptr& last);

/// Tells all who want to know: `on_failure`, then event_dead on the bus.
void announce(dispatcher& d, const std::function<void(const dead_letter&)>& on_failure,
              const dead_letter& letter) noexcept;

/// Keeps a letter in `store`, and gives it its id. True: it is safe, or nobody keeps any (null).
///
/// Cancellation: throws; it may or may not be kept.
/// Errors:       logged with the handler's name; false: the event must stay.
task<bool> keep_letter(std::shared_ptr<dispatcher> d, dead_letters* store, dead_letter& letter);

/// For subscriptions without a policy: keeps the letter about an event that has settled already.
/// The bus is not idle before that. Nothing to do when the bus keeps no letters.
void bury(subscription_state& s, record& r, const std::exception_ptr& error);

}  // namespace ensue
