#include <ensue/async/deadline.hpp>
#include <ensue/async/errors.hpp>
#include <ensue/base/assert.hpp>
#include <ensue/conformance/cases.hpp>
#include <ensue/conformance/flags.hpp>
#include <ensue/conformance/suite.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace ensue::conformance {
namespace {

bool has_hook(const subject& s, std::string_view name) {
  if (name == "restart_server") return static_cast<bool>(s.restart_server);
  if (name == "kill_server") return static_cast<bool>(s.kill_server);
  if (name == "list_dead") return static_cast<bool>(s.list_dead);
  ENSUE_ASSERT(name == "misconfigurations", "a case needs what there is not");
  return !s.misconfigurations.empty();
}

std::string excuse_of(std::string_view need, const subject& s, const transport_features& f) {
  const bool set = !need.starts_with('!');
  if (!set) need.remove_prefix(1);
  for (const flag& each : flags()) {
    if (each.name != need) continue;
    return f.*each.is == set ? "" : std::string{need} + (set ? " is not set" : " is set");
  }
  return has_hook(s, need) ? "" : "the subject has no " + std::string{need};
}

task<> play(stage& st, task<> (*body)(stage&)) {
  co_await st.begin();
  co_await body(st);
}

}  // namespace

std::span<const test_case> cases() {
  static const std::vector<test_case> all = [] {
    std::vector<test_case> every;
    for (const auto part : {publish_cases(), settle_cases(), lease_cases(), order_cases(),
                            history_cases(), lifecycle_cases(), cancel_cases(), outage_cases()})
      every.insert(every.end(), part.begin(), part.end());
    return every;
  }();
  return all;
}

std::string excuse(const test_case& c, const subject& s, const transport_features& f) {
  for (std::string_view rest = c.needs; !rest.empty();) {
    const std::string_view need = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), need.size() + 1));
    if (auto why = excuse_of(need, s, f); !why.empty()) return why;
  }
  return {};
}

task<case_result> run_case(subject& s, const test_case& c) {
  case_result found{.name = std::string{c.name}};
  stage st{s, found.name};
  const time_point began = s.rt.now();
  std::exception_ptr thrown;
  try {
    co_await with_timeout(s.rt, s.case_limit, play(st, c.body));
    co_await st.end();
  } catch (const case_ended&) {
  } catch (...) {
    thrown = std::current_exception();
  }
  if (is_cancellation(thrown)) std::rethrow_exception(thrown);
  if (thrown) st.check(false, "the case threw: " + describe(thrown));
  found.took = s.rt.now() - began;
  found.faults = st.faults();
  found.excuse = st.excuse();
  found.is = !found.faults.empty()   ? outcome::failed
             : !found.excuse.empty() ? outcome::skipped
                                     : outcome::passed;
  co_return found;
}

task<report> run(subject& s, std::string part) {
  const transport_features f = s.make("features")->features();
  report all{.transport = std::string{f.name}};
  for (const test_case& c : cases()) {
    if (c.name.find(part) == std::string_view::npos) continue;
    if (auto why = excuse(c, s, f); !why.empty()) {
      case_result skipped{.name = std::string{c.name}, .is = outcome::skipped, .excuse = why};
      all.cases.push_back(std::move(skipped));
      continue;
    }
    auto found = co_await run_case(s, c);
    all.cases.push_back(std::move(found));
  }
  co_return all;
}

}  // namespace ensue::conformance
