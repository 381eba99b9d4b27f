#pragma once

#include <ensue/bus/bus.hpp>
#include <ensue/flow/saga_plan.hpp>
#include <ensue/flow/saga_publish.hpp>

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ensue {

/// An event that may be recorded: a name of its own and a JSON form.
template <class E>
concept saga_event = event<E> && has_stable_name<E>() && described<E>;

namespace detail {

template <class T>
struct plain_effect {
  using type = T;
};
template <class T>
struct plain_effect<std::optional<T>> {
  using type = T;
};

inline std::string saga_key_text(std::string_view key) { return std::string{key}; }
inline std::string saga_key_text(const uuid& key) { return key.text(); }
inline std::string saga_key_text(std::integral auto key) { return std::to_string(key); }

template <saga_event E>
saga_effect effect_of(const E& e) {
  return {{}, std::string{event_name<E>()}, event_version<E>(), to_any_json(e)};
}

/// Hears E on a bus and hands it on. The whole event is recorded: its effects must be repeatable.
template <saga_event E, class Key>
auto saga_listener(Key key) {
  return [key = std::move(key)](bus& b, saga_sink sink, saga_subscribing how) {
    auto hear = [key, sink = std::move(sink)](const E& e, context& c) -> task<> {
      saga_input in;
      in.id = c.event_id();
      in.type = event_name<E>();
      in.version = event_version<E>();
      in.event = to_any_json(e);
      return sink(saga_key_text(std::invoke(key, e)), std::move(in), c);
    };
    subscribe_options<E> o;
    o.name = std::move(how.name);
    o.capacity = how.capacity;
    o.concurrency = how.concurrency;
    o.key = key_of<E>{[key](const E& e) { return saga_key_text(std::invoke(key, e)); }};
    return b.subscribe<E>(std::move(hear), std::move(o));
  };
}

}  // namespace detail

/// Declares what a saga does with the event E; made by `saga_definition::event`.
template <described Data, saga_event E>
class saga_event_part {
 public:
  saga_event_part(std::shared_ptr<saga_plan> plan, std::size_t at) noexcept
      : plan_{std::move(plan)}, at_{at} {}

  /// `f(data, event)` copies what the saga needs later. Called once per event that moves the saga.
  template <std::invocable<Data&, const E&> F>
  saga_event_part& keep(F f) {
    mine().keep = [f = std::move(f)](const any_json& data, const any_json& e) {
      Data d = from_any_json<Data>(data);
      std::invoke(f, d, from_any_json<E>(e));
      return to_any_json(d);
    };
    return *this;
  }

  /// The event tells that a step was done; when the saga fails, the event that `make` returns
  /// undoes it. `make` takes the data and, if it likes, the event.
  template <class F>
    requires std::invocable<F&, const Data&> || std::invocable<F&, const Data&, const E&>
  saga_event_part& undo(F make) {
    auto call = [make = std::move(make)](const any_json& data, const any_json& e) {
      if constexpr (std::invocable<const F&, const Data&, const E&>) {
        return std::invoke(make, from_any_json<Data>(data), from_any_json<E>(e));
      } else {
        return std::invoke(make, from_any_json<Data>(data));
      }
    };
    using U = std::invoke_result_t<decltype(call)&, const any_json&, const any_json&>;
    mine().undo_type = event_name<U>();
    mine().undo = [call](const any_json& d, const any_json& e) {
      return detail::effect_of(call(d, e));
    };
    detail::add_publisher<U>(*plan_);
    return *this;
  }

  /// The next step is undone only when C tells that this one is; if it does not `within` that time,
  /// the saga is parked.
  template <saga_event C>
  saga_event_part& confirmed_by(duration within) {
    mine().confirmed_by = event_name<C>();
    mine().confirm_within = within;
    return *this;
  }

  /// The text that says why a saga failed by this event. Default: the event's name.
  template <class F>
    requires std::convertible_to<std::invoke_result_t<F&, const E&>, std::string>
  saga_event_part& reason(F f) {
    mine().reason = [f = std::move(f)](const any_json& e) -> std::string {
      return std::invoke(f, from_any_json<E>(e));
    };
    return *this;
  }

 private:
  saga_event_plan& mine() { return plan_->events[at_]; }
  std::shared_ptr<saga_plan> plan_;
  std::size_t at_;
};

/// Declares one state; made by `saga_definition::state`.
template <described Data>
class saga_state_part {
 public:
  saga_state_part(std::shared_ptr<saga_plan> plan, std::size_t at) noexcept
      : plan_{std::move(plan)}, at_{at} {}

  /// Publishes what `make(data)` returns (an event, or an optional one) when the state is entered.
  template <std::invocable<const Data&> F>
  saga_state_part& publish(F make) {
    using made = std::remove_cvref_t<std::invoke_result_t<F&, const Data&>>;
    using E = typename detail::plain_effect<made>::type;
    mine().effects.push_back(
        {std::string{event_name<E>()},
         [make = std::move(make)](const any_json& data) -> std::optional<saga_effect> {
           const std::optional<E> e = std::invoke(make, from_any_json<Data>(data));
           if (!e) return std::nullopt;
           return detail::effect_of(*e);
         }});
    detail::add_publisher<E>(*plan_);
    return *this;
  }

  /// E leads to `target`: a state, or saga_completed, saga_compensated, saga_parked.
  template <saga_event E>
  saga_state_part& on(std::string_view target) {
    mine().on.emplace_back(event_name<E>(), target);
    return *this;
  }

  /// All of these events, in any order, lead to `target`. One join a state.
  template <saga_event... E>
    requires(sizeof...(E) >= 2)
  saga_state_part& join(std::string_view target) {
    mine().join = {std::string{event_name<E>()}...};
    mine().join_target = target;
    return *this;
  }

  /// A saga does not stay longer than that: then it goes to `target`.
  saga_state_part& within(duration d, std::string_view target = saga_compensated) {
    mine().within = d;
    mine().on_timeout = target;
    return *this;
  }

 private:
  saga_state_plan& mine() { return plan_->states[at_]; }
  std::shared_ptr<saga_plan> plan_;
  std::size_t at_;
};

/// Declares a saga: a process of several steps that ends whole or is undone. Data is a described
/// struct: what one saga remembers. See docs/sagas.md.
///
/// The first state declared is where a saga begins; an event that it waits for starts one. Nothing
/// of it runs before `sagas::start`, which checks it; the functions given to it must depend on
/// their arguments only, because golden histories repeat them.
///
/// Threads: fill it while starting. Copies share what was declared.
template <described Data>
class saga_definition {
 public:
  /// A change of what is recorded needs a new version; register the old one beside it until its
  /// sagas have ended, or migrate them.
  saga_definition(std::string name, int version) : plan_{std::make_shared<saga_plan>()} {
    plan_->name = std::move(name);
    plan_->version = version;
    plan_->first_data = to_any_json(Data{});
  }

  /// `key`: the member of E that says which saga it belongs to, e.g. &payment_taken::order.
  template <class Key, saga_event E>
  saga_event_part<Data, E> event(Key E::* key) {
    return event<E>([key](const E& e) { return e.*key; });
  }
  /// As above, the key computed: text, an integer or a uuid.
  template <saga_event E, std::invocable<const E&> F>
  saga_event_part<Data, E> event(F key) {
    saga_event_plan e;
    e.type = event_name<E>();
    e.version = event_version<E>();
    e.listen = detail::saga_listener<E>(std::move(key));
    plan_->events.push_back(std::move(e));
    return {plan_, plan_->events.size() - 1};
  }

  saga_state_part<Data> state(std::string_view name) {
    saga_state_plan s;
    s.name = name;
    plan_->states.push_back(std::move(s));
    return {plan_, plan_->states.size() - 1};
  }

  /// Events before the start: default saga_before::ignore.
  saga_definition& before_start(saga_before what) {
    plan_->before = what;
    return *this;
  }

  /// Continues sagas that were recorded with version `from`: `f` edits the record (state, data) to
  /// what this version understands. Without it they need the definition of their version.
  saga_definition& migrate(int from, std::function<void(saga_record&)> f) {
    plan_->migrations[from] = std::move(f);
    return *this;
  }

  const saga_plan& plan() const noexcept { return *plan_; }
  std::shared_ptr<const saga_plan> share() const noexcept { return plan_; }

 private:
  std::shared_ptr<saga_plan> plan_;
};

}  // namespace ensue
