#include "report.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <string_view>
#include <utility>

namespace trading {
namespace {

constexpr std::string_view run_member = "run";

std::int64_t ns(ensue::duration d) { return d.count(); }

boost::json::object json(const ensue::histogram& h) {
  return {{"count", h.count()},
          {"p50_ns", ns(h.quantile(0.5))},
          {"p99_ns", ns(h.quantile(0.99))},
          {"p999_ns", ns(h.quantile(0.999))},
          {"max_ns", ns(h.max())}};
}

boost::json::object json(const ensue::ledger& l) {
  return {{"accepted", l.accepted},     {"handled", l.handled},    {"filtered", l.filtered},
          {"expired", l.expired},       {"dead", l.dead},          {"dropped", l.dropped_total()},
          {"in_flight", l.in_flight()}, {"balanced", l.balanced()}};
}

boost::json::object orders_json(const trading_day& day) {
  const order_counts& orders = day.orders();
  boost::json::object vetoes;
  for (std::size_t n = 0; n < veto_count; ++n) {
    vetoes[veto_name(static_cast<veto>(n))] = orders.vetoed[n];
  }
  return {{"requested", orders.requested},
          {"accepted", orders.accepted},
          {"halted", orders.halted},
          {"vetoed", std::move(vetoes)},
          {"profit", day.guard().desk().profit()}};
}

boost::json::object kill_switch_json(const trading_day& day) {
  const kill_drill& drill = day.drill();
  return {{"pulled_by", day.killed_by()},
          {"drill_done", drill.done},
          {"drill_passed", drill.passed()},
          {"orders_sent_while_on", drill.sent},
          {"orders_accepted_while_on", drill.accepted},
          {"wrong_authority_refused", drill.wrong_authority_refused}};
}

boost::json::array sources_json(const sources& played) {
  boost::json::array all;
  const auto names = report_names(played);
  for (std::size_t n = 0; n < played.size(); ++n) {
    const market_source& source = *played[n];
    boost::json::array bad;
    for (const auto& line : source.bad_lines()) {
      bad.push_back({{"line", line.line}, {"reason", line.reason}});
    }
    all.push_back({{"name", names[n]},
                   {"path", source.path()},
                   {"rows", source.rows()},
                   {"bytes", source.bytes()},
                   {"bad_lines", source.bad_line_count()},
                   {"first_bad_lines", std::move(bad)},
                   {"error", source.error()}});
  }
  return all;
}

boost::json::object run_json(trading_day& day, const sources& played) {
  const feed& f = day.played();
  boost::json::array accounts;
  for (const auto& account : day.accounts()) {
    auto line = json(account.counts);
    line["subscription"] = account.subscription;
    line["event"] = account.event;
    accounts.push_back(std::move(line));
  }
  return {{"interrupted", day.stopped()},
          {"succeeded", succeeded(day, played)},
          {"events", f.events()},
          {"elapsed_ns", ns(day.elapsed())},
          {"reading_ns", ns(f.spent().reading)},
          {"parsing_ns", ns(f.spent().parsing)},
          {"bus_ns", ns(f.spent().bus)},
          {"event_latency", json(f.event_latency())},
          {"order_latency", json(day.strategist().order_latency())},
          {"orders", orders_json(day)},
          {"kill_switch", kill_switch_json(day)},
          {"ledger", std::move(accounts)},
          {"ledger_total", json(day.total())},
          {"tapes", sources_json(played)}};
}

}  // namespace

std::vector<std::string> report_names(const sources& played) {
  std::vector<std::string> names;
  const auto taken = [&](const std::string& name) {
    return name == run_member || std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const auto& source : played) {
    std::string name = source->name();
    for (int n = 2; taken(name); ++n) name = source->name() + "#" + std::to_string(n);
    names.push_back(std::move(name));
  }
  return names;
}

boost::json::object report_json(trading_day& day, const sources& played) {
  boost::json::object out;
  const auto names = report_names(played);
  for (std::size_t n = 0; n < played.size(); ++n) {
    out[names[n]] = day.statistics().of(static_cast<std::uint32_t>(n)).json(played[n]->form());
  }
  out[run_member] = run_json(day, played);
  return out;
}

std::string complaints(const sources& played) {
  std::string text;
  for (const auto& source : played) {
    for (const auto& [line, reason] : source->bad_lines()) {
      text += source->path() + ":" + std::to_string(line) + ": " + reason + "\n";
    }
    const auto listed = static_cast<std::int64_t>(source->bad_lines().size());
    if (source->bad_line_count() > listed) {
      text += source->path() + ": and " + grouped(source->bad_line_count() - listed) +
              " more bad lines\n";
    }
    if (!source->error().empty()) text += source->path() + ": " + source->error() + "\n";
  }
  return text;
}

bool succeeded(const trading_day& day, const sources& played) {
  for (const auto& source : played) {
    if (!source->error().empty()) return false;
  }
  return (day.stopped() || day.drill().passed()) && day.played().handler_failures() == 0 &&
         day.guard().unreported() == 0;
}

}  // namespace trading
