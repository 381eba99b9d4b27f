#include <ensue/transport/memory_transport.hpp>
#include <ensue/transport/urls/make_transport.hpp>

#ifdef ENSUE_HAS_SQLITE
#include <ensue/transport/sqlite/transport.hpp>
#endif

#include <utility>

namespace ensue {
namespace {

using made = transport_result<std::unique_ptr<transport>>;

struct kind {
  std::string_view name;
  made (*make)(runtime& rt, const std::string& url);
};

made make_memory(runtime& rt, const std::string& url) {
  if (url != "memory:") return transport_error{errc::invalid, url + ": memory: takes no options"};
  return std::unique_ptr<transport>{std::make_unique<memory_transport>(rt)};
}

#ifdef ENSUE_HAS_SQLITE
made make_sqlite(runtime& rt, const std::string& url) {
  auto o = sqlite::options_of(url);
  if (!o) return o.error();
  return std::unique_ptr<transport>{std::make_unique<sqlite::transport>(rt, std::move(*o))};
}
#endif

constexpr kind kinds[] = {
    {"memory", make_memory},
#ifdef ENSUE_HAS_SQLITE
    {"sqlite", make_sqlite},
#endif
};

}  // namespace

const std::vector<std::string_view>& transport_kinds() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const kind& k : kinds) all.push_back(k.name);
    return all;
  }();
  return names;
}

transport_result<std::unique_ptr<transport>> make_transport(runtime& rt, const std::string& url) {
  const std::string_view name = std::string_view{url}.substr(0, url.find(':'));
  for (const kind& k : kinds)
    if (k.name == name && name.size() < url.size()) return k.make(rt, url);
  std::string text = "'" + url + "': no transport of this kind; there is";
  for (const kind& k : kinds) text += " " + std::string{k.name} + ":";
  return transport_error{errc::invalid, std::move(text)};
}

}  // namespace ensue
