#include <ensue/async/loop_runtime.hpp>
#include <ensue/cli/arguments.hpp>
#include <ensue/cli/dead_letters.hpp>
#include <ensue/event/describe.hpp>
#include <ensue/event/time_text.hpp>
#include <ensue/reliability/dead_letters.hpp>

#include <iomanip>
#include <map>
#include <optional>
#include <ostream>
#include <utility>
#include <vector>

namespace ensue::cli {
namespace {

constexpr std::string_view help = R"(ensue dead-letters: events that could not be handled

  ensue dead-letters list    --file F [FILTER] [--json] [--salvage]
  ensue dead-letters show    --file F ID [--json] [--salvage]
  ensue dead-letters redrive --file F (ID | FILTER | --all) [--force] [--salvage]
  ensue dead-letters purge   --file F (ID | FILTER | --all) [--salvage]

FILTER: any of --subscription NAME, --event NAME, --reason REASON; all must fit.
REASON: exhausted, permanent, expired, poison, rejected, unreadable.

list and show only read, also while the service runs. redrive marks letters in the
file; the service posts their events when it next starts and looks (redrive_marked).
redrive and purge need the service stopped: one process at a time writes the file.
A letter that was redriven as often as allowed is poison: redriven with --force only.

--json     one JSON object a line, as in the file
--salvage  goes on without what cannot be read. Nothing is lost by it: before the file is
           written, all of it is kept as F.damaged.
Exit: 0 done; 1 the file cannot be used, or has no such letter; 2 wrong usage.
)";

// What comes from outside must not steer the terminal.
std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    out += u < 0x20 || u == 0x7f ? '.' : c;
  }
  return out;
}

int fail(const surroundings& with, std::string_view text) {
  with.errors << "ensue: " << printable(text) << '\n';
  return failed;
}

struct contents {
  std::map<uuid, dead_letter> letters;
  journal_report report;
};

// Reads without a lock and without changing anything.
journal_result<contents> read_letters(disk& from, const arguments& a) {
  const std::string& path = a.file;
  auto file = from.open(path, open_mode::read);
  if (!file) return journal_error{file.error(), 0, disk_error_text(path, file.error())};
  auto reader =
      journal_reader::open(**file, path, {.kind = "dead-letters/1", .salvage = a.salvage});
  if (!reader) return reader.error();
  std::map<uuid, dead_letter> letters;
  for (;;) {
    const auto next = reader->next();
    if (!next) {
      journal_error e = next.error();
      if (!a.salvage) e.message += "; --salvage goes on without it";
      return e;
    }
    if (!*next) return contents{std::move(letters), reader->report()};
    auto r = decode_record((*next)->payload);
    if (!r)
      return journal_error{r.error(), (*next)->offset,
                           path + ": no dead letter at offset " + std::to_string((*next)->offset)};
    if (r->letter) letters.insert_or_assign(r->letter->id, std::move(*r->letter));
    if (r->gone) letters.erase(*r->gone);
  }
}

void print_row(const dead_letter& l, const surroundings& with) {
  const std::string_view red = with.colour ? "\x1b[31m" : "", plain = with.colour ? "\x1b[0m" : "";
  with.out << l.id.text() << "  " << time_text(l.died) << "  " << red << std::left << std::setw(10)
           << enum_name(l.reason) << plain << "  " << printable(l.event) << " -> "
           << printable(l.subscription) << "  " << l.attempts.size() << " attempts";
  if (l.redrives > 0) with.out << ", redriven " << l.redrives << " times";
  if (l.marked) with.out << ", marked";
  if (!l.attempts.empty()) with.out << ": " << printable(l.attempts.back().error);
  with.out << '\n';
}

void print_line(const surroundings& with, std::string_view name, std::string_view value) {
  if (!value.empty()) with.out << std::left << std::setw(14) << name << printable(value) << '\n';
}

void print_id(const surroundings& with, std::string_view name, const uuid& id) {
  if (!id.nil()) print_line(with, name, id.text());
}

void print_whole(const dead_letter& l, const surroundings& with) {
  print_id(with, "letter", l.id);
  print_line(with, "event", l.event + " version " + std::to_string(l.version));
  print_line(with, "subscription", l.subscription);
  print_line(with, "component", l.component);
  print_line(with, "reason", enum_name(l.reason));
  print_line(with, "detail", l.detail);
  print_line(with, "died", time_text(l.died));
  print_line(with, "redrives", std::to_string(l.redrives) + (l.marked ? ", marked" : ""));
  print_id(with, "event id", l.event_id);
  print_id(with, "correlation", l.correlation);
  print_id(with, "causation", l.causation);
  print_line(with, "source", l.source);
  print_line(with, "subject", l.subject);
  print_line(with, "key", l.key);
  print_line(with, "trace", l.trace);
  print_line(with, "published", l.time == wall_time{} ? "" : time_text(l.time));
  print_line(with, "deadline", l.deadline ? time_text(*l.deadline) : "");
  for (const dead_attempt& a : l.attempts)
    print_line(with, "attempt " + std::to_string(a.number),
               time_text(a.started) + "  " + duration_text(a.took.count(), 1) + "  " + a.error);
  print_line(with, "payload", l.payload);
}

// The end of a file may be a write that was cut off, or damage: nobody can tell.
std::string unreadable(const arguments& a, const journal_report& r) {
  return a.file + ": " + std::to_string(r.cut + r.skipped_bytes) +
         " bytes cannot be read: an unfinished write, or damage";
}

int list(const arguments& a, const surroundings& with) {
  const auto found = read_letters(with.files, a);
  if (!found) return fail(with, found.error().text());
  const auto* const letters = &found->letters;
  if (!found->report.clean()) (void)fail(with, unreadable(a, found->report));
  std::size_t count = 0;
  for (const auto& [id, l] : *letters) {
    if (!a.which.fits(l)) continue;
    ++count;
    if (a.json) {
      with.out << encode_record(l) << '\n';
    } else if (a.verb == verb::show) {
      print_whole(l, with);
    } else {
      print_row(l, with);
    }
  }
  if (a.verb == verb::show && count == 0)
    return fail(with, a.file + ": no letter " + a.which.id->text());
  if (a.verb == verb::list && !a.json)
    with.out << count << " of " << letters->size() << " letters\n";
  return done;
}

// How many letters were changed.
task<journal_result<std::size_t>> change(runtime& rt, disk& on, const arguments& a) {
  dead_letter_options o{.salvage = a.salvage};
  auto opened = co_await dead_letters::open(rt, on, a.file, o);
  if (!opened) co_return opened.error();
  dead_letters& letters = **opened;
  const result<std::size_t> count = a.verb == verb::purge ? co_await letters.purge(a.which)
                                                          : co_await letters.mark(a.which, a.force);
  const result<> closed = co_await letters.close();
  if (const error_code e = count ? (closed ? error_code{} : closed.error()) : count.error())
    co_return journal_error{e, 0, disk_error_text(a.file, e)};
  co_return *count;
}

// Byte by byte, to `<path>.damaged`.
result<> keep_copy(disk& on, const std::string& path) {
  auto from = on.open(path, open_mode::read);
  if (!from) return from.error();
  auto to = on.open(path + ".damaged", open_mode::replace);
  if (!to) return to.error();
  std::vector<char> block(std::size_t{1} << 16);
  for (std::uint64_t at = 0;;) {
    const auto n = (*from)->read(at, block);
    if (!n) return n.error();
    if (*n == 0) break;
    if (const auto written = (*to)->write(at, {block.data(), *n}); !written) return written.error();
    at += *n;
  }
  if (const auto synced = (*to)->sync(); !synced) return synced.error();
  return on.sync_directory(folder_of(path));
}

int change(const arguments& a, const surroundings& with) {
  const auto found = read_letters(with.files, a);  // open would make a new file
  if (!found) return fail(with, found.error().text());
  const auto* const there = &found->letters;
  if (!found->report.clean()) {
    if (!a.salvage)
      return fail(with, unreadable(a, found->report) +
                            "; nothing was changed; --salvage goes on without them and keeps all "
                            "as " +
                            a.file + ".damaged");
    if (const auto kept = keep_copy(with.files, a.file); !kept)
      return fail(with, disk_error_text(a.file + ".damaged", kept.error()));
    (void)fail(with, unreadable(a, found->report) + "; kept as " + a.file + ".damaged");
  }
  loop_runtime rt;
  const auto count = block_on(rt, change(rt, with.files, a));
  if (!count) return fail(with, count.error().text());
  if (*count == 0 && a.which.id)
    return fail(with, a.file + ": " + a.which.id->text() +
                          (there->contains(*a.which.id) ? " is poison or marked already"
                                                        : " is not there"));
  with.out << *count
           << (a.verb == verb::purge ? " letters purged\n"
                                     : " letters marked; the service posts them when it "
                                       "next starts\n");
  return done;
}

}  // namespace

int dead_letters_command(std::span<const std::string_view> words, const surroundings& with) {
  const auto a = parse_arguments(words);
  if (!a) {
    with.errors << "ensue: " << printable(a.error()) << "; see ensue dead-letters --help\n";
    return misused;
  }
  switch (a->verb) {
    case verb::help: with.out << help; return words.empty() ? misused : done;
    case verb::list:
    case verb::show: return list(*a, with);
    case verb::redrive:
    case verb::purge: break;
  }
  return change(*a, with);
}

int run(std::span<const std::string_view> words, const surroundings& with) {
  constexpr std::string_view usage =
      "usage: ensue dead-letters (list|show|redrive|purge) --file F …\n"
      "       ensue dead-letters --help\n";
  if (!words.empty() && words[0] == "dead-letters")
    return dead_letters_command(words.subspan(1), with);
  if (!words.empty() && (words[0] == "--help" || words[0] == "-h" || words[0] == "help")) {
    with.out << usage;
    return done;
  }
  with.errors << usage;
  return misused;
}

}  // namespace ensue::cli
