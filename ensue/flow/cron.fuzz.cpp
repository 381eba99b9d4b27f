#include <ensue/flow/cron.hpp>

#include <algorithm>
#include <cstdlib>
#include <cstring>

// Any bytes: an expression or a refusal that says where, never a crash; what is next is later, on a
// full second, matches, and is what is next from one second before.

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  std::int64_t when = 0;
  if (size < sizeof when) return 0;
  std::memcpy(&when, data, sizeof when);
  const std::string_view text{reinterpret_cast<const char*>(data) + sizeof when,
                              size - sizeof when};
  const ensue::cron_options options{.change = (when & 1) != 0 ? ensue::daylight::once
                                                              : ensue::daylight::as_read};
  const auto c = ensue::cron::parse(text, options);
  if (!c) {
    must(!c.error().message.empty() && c.error().position >= 1);
    must(c.error().position <= std::max<std::size_t>(text.size(), 1) || text[0] == '@');
    return 0;
  }
  const ensue::wall_time after{ensue::duration{when}};
  const auto next = c->next(after);
  if (!next) return 0;
  must(*next > after);
  must(next->time_since_epoch().count() % 1'000'000'000 == 0);
  if (c->every().count() == 0) must(c->matches(*next));
  return 0;
}
