#include <ensue/bus/handler.hpp>

namespace ensue {

task<> handler::start(const void* event, context& c) {
  run(event, c);
  co_return;
}

}  // namespace ensue
