#include <ensue/app/routing.hpp>
#include <ensue/event/topic.hpp>
#include <ensue/transport/urls/make_transport.hpp>

#include <set>
#include <utility>

namespace ensue {

routing::~routing() = default;

transport* routing::at(std::string_view url) const noexcept {
  const auto it = connections_.find(url);
  return it == connections_.end() ? nullptr : it->second.to.get();
}

// One connection for all rules with the same URL; each rule may demand more of it.
task<std::vector<std::string>> routing::connect(route_rule rule) {
  std::vector<std::string> problems;
  auto it = connections_.find(rule.url);
  if (it == connections_.end()) {
    auto made = make_transport(bus_.rt(), rule.url);
    if (!made) {
      problems.push_back(made.error().text());
      co_return problems;
    }
    const auto opened = co_await (*made)->open();
    if (!opened) {
      problems.push_back(opened.error().text());
      co_return problems;
    }
    it = connections_.emplace(rule.url, connection{std::move(*made), *opened}).first;
  }
  if (auto missing = falls_short(*it->second.to, it->second.given, rule.survives, rule.replicated))
    problems.push_back(std::move(*missing));
  co_return problems;
}

task<std::vector<std::string>> routing::open() {
  std::vector<std::string> problems;
  for (const route_rule& rule : rules_) {
    if (!valid_pattern(rule.pattern)) {
      problems.push_back("'" + rule.pattern + "' is no pattern of event names");
      continue;
    }
    const std::vector<std::string> found = co_await connect(rule);
    for (const std::string& problem : found)
      problems.push_back("route " + rule.pattern + ": " + problem);
    if (found.empty())
      routes_.push_back(std::make_unique<route>(bus_, *at(rule.url), rule.pattern, rule.options));
  }
  co_return problems;
}

task<std::vector<std::string>> routing::start() {
  std::vector<std::string> problems;
  for (const auto& r : routes_) {
    const auto started = co_await r->start();
    if (!started) problems.push_back("route " + r->pattern() + ": " + started.error().text());
  }
  co_return problems;
}

task<> routing::stop(duration within) {
  const time_point until = saturating_add(bus_.rt().now(), within);
  for (const auto& r : routes_)
    (void)co_await r->stop(std::max(duration::zero(), until - bus_.rt().now()));
}

task<> routing::close(duration within) {
  routes_.clear();
  for (const auto& [url, connected] : connections_) (void)co_await connected.to->close(within);
}

std::vector<route_rule> read_routes(config& c) {
  std::set<std::string> names;
  const std::string prefix = "routes.";
  for (const std::string& key : c.keys(prefix))
    names.insert(key.substr(prefix.size(), key.find('.', prefix.size()) - prefix.size()));
  std::vector<route_rule> all;
  for (const std::string& name : names) {
    const std::string at = prefix + name + ".";
    route_rule r;
    r.pattern = c.get(at + "pattern", r.pattern);
    r.url = c.get(at + "url", r.url);
    r.survives = static_cast<survival>(c.one_of(at + "survives", 0, {"none", "process", "power"}));
    r.replicated = c.get(at + "replicated", r.replicated);
    route_options& o = r.options;
    o.lease = c.get(at + "lease", o.lease);
    o.prefetch = c.get_between<std::size_t>(at + "prefetch", o.prefetch, 1, 100'000);
    o.capacity = c.get_between<std::size_t>(at + "capacity", o.capacity, 1, 1'000'000);
    o.publish_within = c.get(at + "publish_within", o.publish_within);
    o.retry_after = c.get(at + "retry_after", o.retry_after);
    o.from_oldest = c.get(at + "from_oldest", o.from_oldest);
    if (r.pattern.empty()) c.complain(at + "pattern", "expected a pattern of event names");
    if (r.url.empty()) c.complain(at + "url", "expected a URL, e.g. sqlite:shop.db");
    all.push_back(std::move(r));
  }
  return all;
}

}  // namespace ensue
