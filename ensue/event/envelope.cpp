#include <ensue/event/envelope.hpp>

namespace ensue {

const envelope_text& envelope::details() const noexcept {
  static const envelope_text defaults;
  return text ? *text : defaults;
}

result<envelope> envelope::cause(uuid_source& ids, wall_time now, std::uint32_t depth_max) {
  if (depth >= depth_max) return errc::too_deep;
  envelope child;
  child.causation = identify(ids, now);
  child.correlation = root();
  child.deadline = deadline;
  child.depth = depth + 1;
  child.replay = replay;
  if (text && (text->trace.valid() || !text->source.empty())) {
    auto inherited = std::make_shared<envelope_text>();
    inherited->source = text->source;
    inherited->trace = text->trace;
    inherited->trace_state = text->trace_state;
    child.text = std::move(inherited);
  }
  return child;
}

}  // namespace ensue
