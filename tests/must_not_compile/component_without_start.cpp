// expect: a component needs `task<> start()` or `void start()`
#include <ensue/app/component.hpp>

struct feed {
  const char* name = "feed";
#ifdef CONTROL
  void start() {}
#endif
  void stop() {}
};

void add(feed& f) { auto held = ensue::detail::hold_component<feed>(&f); }
