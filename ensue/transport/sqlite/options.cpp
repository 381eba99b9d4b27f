#include <ensue/transport/sqlite/options.hpp>
#include <ensue/transport/transport.hpp>

#include <algorithm>
#include <utility>

namespace ensue::sqlite {
namespace {

transport_error wrong_url(std::string_view what) {
  return {errc::invalid, "sqlite: " + std::string{what}};
}

transport_result<void> set(options& o, std::string_view name, std::string_view value) {
  const auto bad = [&] {
    return wrong_url(std::string{name} + ": '" + std::string{value} + "' is none");
  };
  if (name == "synchronous") {
    if (value != "full" && value != "normal") return bad();
    o.synchronous = value == "full" ? synchronous::full : synchronous::normal;
    return {};
  }
  if (name == "adopt") {
    o.adopt = value == "true";
    return value == "true" || value == "false" ? transport_result<void>{} : bad();
  }
  if (name == "bytes_max" || name == "count_max") {
    const auto number = position_number(value);
    if (!number) return bad();
    if (name == "bytes_max") {
      o.bytes_max = *number;
    } else {
      o.keep.count_max = static_cast<std::size_t>(*number);
    }
    return {};
  }
  if (name == "age_max_s" || name == "look_every_ms" || name == "busy_wait_ms") {
    constexpr std::uint64_t most = 1'000'000'000;
    const auto n = position_number(value);
    if (!n || *n == 0 || *n > most) return bad();
    if (name == "age_max_s") o.keep.age_max = std::chrono::seconds{*n};
    if (name == "look_every_ms") o.look_every = std::chrono::milliseconds{*n};
    if (name == "busy_wait_ms") o.busy_wait = std::chrono::milliseconds{*n};
    return {};
  }
  return wrong_url("'" + std::string{name} +
                   "' is no option; there are synchronous, adopt, bytes_max, count_max, age_max_s, "
                   "look_every_ms, busy_wait_ms");
}

}  // namespace

transport_result<options> options_of(std::string_view url) {
  constexpr std::string_view scheme = "sqlite:";
  if (!url.starts_with(scheme)) return wrong_url("the URL does not begin with sqlite:");
  url.remove_prefix(scheme.size());
  if (url.starts_with("//")) url.remove_prefix(2);
  const std::size_t query = url.find('?');
  options o{.file = std::string{url.substr(0, query)}};
  if (o.file.empty() || o.file == ":memory:")
    return wrong_url("no file is named; write sqlite:shop.db, or memory: for no file at all");
  std::string_view rest = query == std::string_view::npos ? "" : url.substr(query + 1);
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::size_t split = part.find('=');
    const auto value = split == std::string_view::npos ? "" : part.substr(split + 1);
    if (auto done = set(o, part.substr(0, split), value); !done) return done.error();
  }
  return o;
}

}  // namespace ensue::sqlite
