#pragma once

#include <ensue/event/json.hpp>
#include <ensue/event/traits.hpp>

#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace ensue {

/// Steps that lift an event's JSON from one version of its shape to the next, so that what was
/// written long ago can still be read. One owner; const calls are thread-safe when the steps are.
class upcasters {
 public:
  /// Edits the document in place. May throw to refuse it: the text becomes the codec error.
  using step = std::function<void(boost::json::value&)>;

  /// How to get from `from` to `from + 1`. errc::exists when that step is there already,
  /// errc::invalid when `from` is below 1.
  result<> add(std::string_view name, int from, step lift);

  /// A step between two described structs, for the events of `To`'s name:
  ///   steps.add<order_placed_v1, order_placed>([](order_placed_v1 old) { return order_placed{…};
  ///   });
  /// `From` must be one version below `To`.
  template <event From, event To, class Lift>
  result<> add(Lift lift) {
    static_assert(event_version<From>() + 1 == event_version<To>(),
                  "an upcaster leads to the next version: add one for each step");
    return add(event_name<To>(), event_version<From>(), typed<From, To>(std::move(lift)));
  }

  /// Lifts the document from version `from` to `to`. The error names a step that is missing or has
  /// refused; the document may then be half lifted.
  json_result<void> apply(std::string_view name, int from, int to,
                          boost::json::value& document) const;

 private:
  template <class From, class To, class Lift>
  static step typed(Lift lift) {
    return [lift = std::move(lift)](boost::json::value& document) {
      From old = decode_document<From>(document).value();
      const To next = lift(std::move(old));
      document = parse_json(encode_json(next).value()).value();
    };
  }

  std::map<std::pair<std::string, int>, step> steps_;
};

}  // namespace ensue
