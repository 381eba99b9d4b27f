#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/flow/saga_plan.hpp>

#include <memory>
#include <string>
#include <utility>

namespace ensue::detail {

/// Publishes one effect with its recorded id; false: a handler of it failed for good.
template <class E>
task<bool> publish_effect(bus& b, saga_effect effect, uuid root, std::string key) {
  E built = from_any_json<E>(effect.event);
  record_ref r = build<E>(b.engine(), nullptr, std::move(built));
  r->story = std::make_unique<lineage>();
  envelope& env = r->story->env;
  env.id = effect.id;
  env.correlation = root;
  env.time = b.rt().wall_now();
  env.edit([&](envelope_text& text) { text.key = key; });
  const publish_result done =
      co_await publish(b.engine().shared_from_this(), std::move(r), nullptr);
  co_return done.ok();
}

template <class E>
void add_publisher(saga_plan& plan) {
  plan.publishers.insert_or_assign(std::string{event_name<E>()}, &publish_effect<E>);
}

}  // namespace ensue::detail
