// The summary for people: report_text().
#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace trading {
namespace {

constexpr std::size_t symbols_shown = 12;
constexpr std::size_t bars_shown = 5;
constexpr unsigned vwap_digits = 6;

std::string_view form_name(tape_form form) noexcept {
  switch (form) {
    case tape_form::crypto: return "crypto capture";
    case tape_form::equity_trades: return "equities, trades";
    case tape_form::equity_quotes: return "equities, quotes";
    case tape_form::unknown: break;
  }
  return "unknown form";
}

std::string minute_text(std::int64_t minute) {
  const auto of_day = minute % 1440;
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(of_day / 60),
                static_cast<int>(of_day % 60));
  return text;
}

std::string symbols_text(const tape_statistics& statistics) {
  table t{1};
  t.add({"symbol", "trades", "quotes", "depth", "first", "low", "high", "last", "volume", "VWAP"});
  std::size_t shown = 0;
  for (const auto& [name, s] : statistics.symbols()) {
    if (shown++ == symbols_shown) break;
    std::vector<std::string> cells{name.empty() ? "(unnamed)" : std::string(name.text()),
                                   grouped(s.trades), grouped(s.quotes), grouped(s.depth_updates)};
    for (const auto& price : {s.first, s.low, s.high, s.last}) {
      cells.push_back(s.trades == 0 ? "-" : trimmed(price.text()));
    }
    cells.push_back(trimmed(s.quantity.text()));
    cells.push_back(s.trades == 0 ? "-" : s.vwap(vwap_digits));
    t.add(std::move(cells));
  }
  std::string text = t.text("  ");
  const std::size_t all = statistics.symbols().size();
  if (all > symbols_shown) text += "  and " + std::to_string(all - symbols_shown) + " more\n";
  return text;
}

std::string bars_text(const tape_statistics& statistics) {
  table t{2};
  t.add({"last bars", "minute", "open", "high", "low", "close", "volume", "trades"});
  bool any = false;
  std::size_t symbols = 0;
  for (const auto& [name, s] : statistics.symbols()) {
    if (symbols++ == symbols_shown) break;
    const auto& bars = s.bars.by_minute();
    auto from = bars.end();
    for (std::size_t n = 0; n < bars_shown && from != bars.begin(); ++n) --from;
    std::string label{name.text()};
    for (; from != bars.end(); ++from) {
      const bar& b = from->second;
      t.add({std::exchange(label, ""), minute_text(from->first), trimmed(b.open.text()),
             trimmed(b.high.text()), trimmed(b.low.text()), trimmed(b.close.text()),
             trimmed(b.quantity.text()), grouped(b.trades)});
      any = true;
    }
  }
  return any ? t.text("  ") : "";
}

std::string books_text(const per_symbol<order_book>& books) {
  table t{2};
  t.add({"order book", "state", "bid", "ask", "applied", "dropped", "holes", "resyncs"});
  for (const auto& [name, book] : books) {
    const auto bid = book.best_bid();
    const auto ask = book.best_ask();
    const auto state = book.current();
    const auto& counts = book.counted();
    t.add({std::string(name.text()),
           state == order_book::state::synced  ? "synced"
           : state == order_book::state::stale ? "stale"
                                               : "waiting",
           bid ? trimmed(bid->price.text()) : "-", ask ? trimmed(ask->price.text()) : "-",
           grouped(counts.applied), grouped(counts.dropped), grouped(counts.holes),
           grouped(counts.resyncs)});
  }
  return books.size() == 0 ? "" : t.text("  ");
}

std::string tape_text(trading_day& day, const market_source& source, std::uint32_t number,
                      const std::string& name, const paint& colours) {
  const auto& statistics = day.statistics().of(number);
  std::string text = colours.bold(name) + "  " + std::string(form_name(source.form())) + ", " +
                     grouped(statistics.rows()) + " events";
  const std::string bad = grouped(source.bad_line_count()) + " bad lines";
  text += ", " + (source.bad_line_count() == 0 ? bad : colours.bad(bad)) + "\n";
  if (!source.error().empty()) text += "  " + colours.bad(source.error()) + "\n";
  return text + symbols_text(statistics) + bars_text(statistics) +
         books_text(day.books().of(number)) + "\n";
}

std::string orders_text(const trading_day& day, const paint& colours) {
  const order_counts& orders = day.orders();
  std::int64_t vetoed = 0;
  std::string reasons;
  for (std::size_t n = 0; n < veto_count; ++n) {
    if (orders.vetoed[n] == 0) continue;
    vetoed += orders.vetoed[n];
    reasons += (reasons.empty() ? "" : ", ") + std::string(veto_name(static_cast<veto>(n))) + " " +
               grouped(orders.vetoed[n]);
  }
  std::string text = colours.bold("orders") + "  " + grouped(orders.requested) + " requested, " +
                     grouped(orders.accepted) + " accepted, " + grouped(vetoed) + " vetoed" +
                     (reasons.empty() ? "" : " (" + reasons + ")") + ", " + grouped(orders.halted) +
                     " halted\n";
  for (const auto& [name, h] : day.guard().desk().holdings()) {
    if (h.orders == 0) continue;
    text += "  " + std::string(name.text()) + " position " + trimmed(h.quantity.text()) +
            ", last " + trimmed(h.last.text()) + "\n";
  }
  return text + "  profit on paper " + grouped(day.guard().desk().profit(), 2) + "\n\n";
}

std::string kill_switch_text(const trading_day& day, const paint& colours) {
  const kill_drill& d = day.drill();
  std::string text = colours.bold("kill switch") + "  ";
  if (!day.killed_by().empty()) text += colours.bad("pulled: " + day.killed_by()) + "\n  ";
  if (!d.done) return text + "not drilled, the day was ended early\n\n";
  text += std::string("drill ") + (d.passed() ? colours.good("passed") : colours.bad("FAILED"));
  text += ": " + grouped(d.sent) + " orders sent while on, " + grouped(d.accepted) + " accepted; ";
  text += d.wrong_authority_refused ? "wrong authority refused; " : "WRONG AUTHORITY LET IN; ";
  text += d.reset && d.reached_after_reset ? "orders pass again after the reset" : "reset FAILED";
  return text + "\n\n";
}

void add_latency(table& t, const char* what, const ensue::histogram& h) {
  t.add({what, duration_text(h.quantile(0.5)), duration_text(h.quantile(0.99)),
         duration_text(h.quantile(0.999)), duration_text(h.max()),
         grouped(static_cast<std::int64_t>(h.count()))});
}

std::string latency_text(const trading_day& day) {
  table t{1};
  t.add({"latency", "p50", "p99", "p99.9", "max", "measured"});
  add_latency(t, "event to last handler", day.played().event_latency());
  add_latency(t, "order to verdict", day.strategist().order_latency());
  return t.text("  ") + "\n";
}

std::string ledger_text(trading_day& day, const paint& colours) {
  table t{3};
  for (const auto& account : day.accounts()) {
    t.add({account.subscription, account.event, account.counts.text()});
  }
  const auto total = day.total();
  const std::string verdict =
      total.balanced() ? colours.good("balanced") : colours.bad("NOT BALANCED");
  return colours.bold("ledger") + "  " + total.text() + ", " + verdict + "\n" + t.text("  ") + "\n";
}

std::string speed_text(const trading_day& day, const sources& played, const paint& colours) {
  const feed& f = day.played();
  std::int64_t bytes = 0;
  for (const auto& source : played) bytes += source->bytes();
  const auto per_second = [](double amount, ensue::duration d) {
    const double seconds = std::chrono::duration<double>(d).count();
    return seconds > 0 ? amount / seconds : 0;
  };
  const auto& spent = f.spent();
  const auto events = static_cast<double>(f.events());
  const double mega = static_cast<double>(bytes) / 1e6;
  std::string text = colours.bold("speed") + "  " + duration_text(day.elapsed()) + " in all, " +
                     grouped(per_second(events, day.elapsed()), 0) + " events/s, " +
                     grouped(per_second(mega, day.elapsed()), 1) + " MB/s\n";
  text += "  reading and unpacking " + duration_text(spent.reading) + "; parsing " +
          duration_text(spent.parsing) + " (" + grouped(per_second(events, spent.parsing), 0) +
          " events/s, " + grouped(per_second(mega, spent.parsing), 1) +
          " MB/s); bus and handlers " + duration_text(spent.bus) + " (" +
          grouped(per_second(events, spent.bus), 0) + " events/s)\n";
  return text;
}

}  // namespace

std::string report_text(trading_day& day, const sources& played, const paint& colours) {
  std::string text;
  if (day.stopped())
    text += colours.bold("ended early: what follows is true of what was played\n\n");
  const auto names = report_names(played);
  for (std::size_t n = 0; n < played.size(); ++n) {
    text += tape_text(day, *played[n], static_cast<std::uint32_t>(n), names[n], colours);
  }
  return text + orders_text(day, colours) + kill_switch_text(day, colours) + latency_text(day) +
         ledger_text(day, colours) + speed_text(day, played, colours);
}

}  // namespace trading
