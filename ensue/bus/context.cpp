#include <ensue/bus/context.hpp>

namespace ensue {

const uuid& context::event_id() { return dispatcher_.identify(at_); }

}  // namespace ensue
