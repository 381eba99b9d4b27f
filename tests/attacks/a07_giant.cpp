// a text of 1 GB, JSON 100,000 deep, a million headers: refused by a limit before anything
// is allocated for them.
#include "attack.hpp"
#include <ensue/async/loop_runtime.hpp>
#include <ensue/event/cloud_event.hpp>
#include <ensue/event/json_text.hpp>
#include <ensue/reliability/dead_letters.hpp>
#include <ensue/sim/world.hpp>

#include <boost/json/value.hpp>

#include <sys/mman.h>

namespace ensue::attacks {

namespace {

// A text that is there only where it is read: what reads it shows in the resident memory.
class unread_text {
 public:
  explicit unread_text(std::size_t size)
      : size_{size},
        at_{mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                 -1, 0)} {}
  unread_text(const unread_text&) = delete;
  unread_text& operator=(const unread_text&) = delete;
  ~unread_text() { munmap(at_, size_); }
  bool there() const { return at_ != MAP_FAILED; }
  std::string_view view() const { return {static_cast<const char*>(at_), size_}; }

 private:
  std::size_t size_;
  void* at_;
};

constexpr std::int64_t mb = 1 << 20;

template <class F>
double grown(attack& a, const std::string& what, F refused) {
  reset_peak();
  const std::int64_t before = peak_bytes();
  a.require(refused(), what + " is refused");
  const std::int64_t by = peak_bytes() - before;
  // Under a sanitizer, which pads what it hands out and frees it late, only the size counts.
  const std::int64_t most = heap_bytes() == 0 ? 64 * mb : 4 * mb;
  a.require(by < most, what + " costs " + std::to_string(by) + " bytes before it is refused");
  return static_cast<double>(by) / 1e6;
}

std::string deep(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

void a07_giant(attack& a) {
  const unread_text giant{std::size_t{1} << 30};
  a.require(giant.there(), "address space for the giant");
  loop_runtime rt;
  bus b{rt};
  const auto held = b.subscribe(">", [](const event_ref&) {});
  a.report("1 GB as JSON", grown(a, "1 GB", [&] { return !parse_json(giant.view()); }), "MB");
  a.report(
      "as an event",
      grown(a, "1 GB by name", [&] { return !b.try_post_named("attacks.giant", giant.view()); }),
      "MB");
  a.report("as a CloudEvent",
           grown(a, "1 GB CloudEvent", [&] { return !decode_cloud_event(giant.view()); }), "MB");
  a.report("as a batch", grown(a, "1 GB batch", [&] { return !decode_cloud_events(giant.view()); }),
           "MB");

  const std::string nested = deep(100'000);
  a.report("100,000 deep", grown(a, "100,000 deep", [&] { return !parse_json(nested); }), "MB");
  std::string wide = "[0";
  for (int i = 0; i < 200'000; ++i) wide += ",0";
  wide += "]";
  a.report("200,000 values", grown(a, "too many values", [&] { return !parse_json(wide); }), "MB");

  a.report("1,000,000 headers",
           grown(a, "1,000,000 headers",
                 [&] {
                   cloud_event e;
                   std::size_t refused = 0;
                   for (int i = 0; i < 1'000'000; ++i)
                     refused += !set_attribute(e, "x" + std::to_string(i), "v");
                   return refused == 1'000'000 - cloud_event::extensions_max &&
                          e.extensions.size() == cloud_event::extensions_max;
                 }),
           "MB");

  dead_letters letters{rt};
  dead_letter l;
  l.event = "attacks.giant";
  l.payload.assign(2 * mb, 'x');
  const auto kept = block_on(rt, letters.add(std::move(l)));
  a.require(!kept && kept.error() == errc::invalid && letters.size() == 0,
            "a giant letter is refused");
  block_on(rt, b.wait_idle());
  a.require(b.total().accepted == 0, "nobody got any of it");
  a.require_settled(b, "giants");
}

}  // namespace ensue::attacks
