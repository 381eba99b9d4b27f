#include <ensue/bus/stamp.hpp>

#include <algorithm>

namespace ensue::detail {

void apply(runtime& rt, record& r, const event_stamp& stamp) {
  if (!r.story) r.story = std::make_unique<lineage>();
  envelope& env = r.story->env;
  env.depth = r.depth;
  const wall_time now = rt.wall_now();
  env.time = now;
  env.id = stamp.id.nil() ? rt.new_id() : stamp.id;
  // A caused event never outlives the deadline it inherited.
  env.deadline =
      std::min({env.deadline, stamp.deadline, saturating_add(rt.now(), stamp.expires_in)});
  if (stamp.source.empty() && stamp.subject.empty() && stamp.key.empty() && !stamp.trace.valid())
    return;
  env.edit([&](envelope_text& text) {
    text.source = stamp.source;
    text.subject = stamp.subject;
    text.key = stamp.key;
    if (stamp.trace.valid()) text.trace = stamp.trace;
  });
}

}  // namespace ensue::detail
