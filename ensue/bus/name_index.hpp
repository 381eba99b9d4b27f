#pragma once

#include <ensue/event/topic_index.hpp>

#include <boost/unordered/unordered_flat_map.hpp>

#include <string_view>
#include <vector>

namespace ensue {

class subscription_state;

/// Who subscribed to which pattern of names. Asked when a dispatch list is built, never per event.
class name_index {
 public:
  void add(subscription_state& s);
  void remove(const subscription_state& s) noexcept;
  /// Those whose pattern matches, in no particular order.
  void match(std::string_view name, std::vector<subscription_state*>& out);

 private:
  topic_index index_;
  std::vector<subscription_state*> slots_;  // by the index's value
  boost::unordered_flat_map<const subscription_state*, topic_index::value> slot_of_;
  std::vector<topic_index::value> free_;
  std::vector<topic_index::value> found_;
};

}  // namespace ensue
