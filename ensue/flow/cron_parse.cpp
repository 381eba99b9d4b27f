#include <ensue/flow/cron.hpp>

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

namespace ensue {
namespace {

using std::string_view;

constexpr string_view month_names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
constexpr string_view weekday_names = "SUNMONTUEWEDTHUFRISAT";

struct field_kind {
  const char* name;
  int first, last;
  string_view names{};  // three letters each, the first one stands for `first`
};
constexpr field_kind second_field{"second", 0, 59}, minute_field{"minute", 0, 59},
    hour_field{"hour", 0, 23}, day_field{"day of month", 1, 31},
    month_field{"month", 1, 12, month_names}, weekday_field{"day of week", 0, 6, weekday_names};

constexpr bool blank(char c) noexcept { return c == ' ' || c == '\t'; }
constexpr bool digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string expected(const field_kind& kind) {
  std::string text =
      "expected a number from " + std::to_string(kind.first) + " to " + std::to_string(kind.last);
  if (!kind.names.empty())
    text.append(" or a name from ")
        .append(kind.names.substr(0, 3))
        .append(" to ")
        .append(kind.names.substr(kind.names.size() - 3));
  return text;
}

/// Thrown by the parts of the parser, caught in `parse`.
struct refusal {
  cron_error error;
};

/// One field of the expression. All views are into the expression.
class field_reader {
 public:
  field_reader(const field_kind& kind, const char* origin) noexcept
      : kind_{kind}, origin_{origin} {}

  /// `add(element)` for each part of the list.
  template <class F>
  void each(string_view list, F add) const {
    for (;;) {
      const std::size_t comma = list.find(',');
      const string_view element = list.substr(0, comma);
      if (element.empty()) fail(list, "expected a value on both sides of each comma");
      add(element);
      if (comma == list.npos) return;
      list.remove_prefix(comma + 1);
      if (list.empty()) fail(element, "expected a value after the comma");
    }
  }

  /// The values of `*`, `a`, `a-b`, each with or without `/n`, as bits.
  std::uint64_t values(string_view element) const {
    const std::size_t slash = element.find('/');
    const string_view range = element.substr(0, slash);
    int first = kind_.first, last = kind_.last, step = 1;
    if (range != "*" && !unrestricted(range)) {
      const std::size_t dash = range.find('-');
      first = value(range.substr(0, dash), element);
      if (dash != range.npos)
        last = value(range.substr(dash + 1), element);
      else if (slash == range.npos || slash == element.npos)
        last = first;
      if (last < first) fail(range, "expected a range that rises");
    }
    if (slash != element.npos) step = steps(element, element.substr(slash + 1));
    std::uint64_t bits = 0;
    for (int n = first; n <= last; n += step) bits |= std::uint64_t{1} << n;
    return bits;
  }

  /// A number or a name. `around`: what to name when it is missing.
  int value(string_view text, string_view around) const {
    if (text.empty()) fail(around, expected(kind_));
    if (const int named = by_name(text); named >= 0) return named;
    const int most = &kind_ == &weekday_field ? 7 : kind_.last;
    const int n = number(text);
    if (n < kind_.first || n > most) fail(text, expected(kind_));
    return n;
  }

  bool unrestricted(string_view text) const noexcept {
    return text == "*" || (text == "?" && (&kind_ == &day_field || &kind_ == &weekday_field));
  }

  [[noreturn]] void fail(string_view at, std::string message) const {
    throw refusal{{kind_.name, std::string{at}, static_cast<std::size_t>(at.data() - origin_) + 1,
                   std::move(message)}};
  }

  /// -1: not a number of at most four digits.
  static int number(string_view text) noexcept {
    if (text.empty() || text.size() > 4 || !std::ranges::all_of(text, digit)) return -1;
    int n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
  }

 private:
  int by_name(string_view text) const noexcept {
    if (text.size() != 3) return -1;
    for (std::size_t i = 0; i < kind_.names.size(); i += 3)
      if (std::ranges::equal(text, kind_.names.substr(i, 3), {}, upper))
        return kind_.first + static_cast<int>(i / 3);
    return -1;
  }

  int steps(string_view element, string_view text) const {
    const int n = number(text);
    const int most = kind_.last - kind_.first;
    if (n < 1 || n > most)
      fail(element, "expected a step from 1 to " + std::to_string(most) + " after the slash");
    return n;
  }

  const field_kind& kind_;
  const char* origin_;
};

constexpr const char* nothing_new = "names no value that the list has not named before";

template <class Bits>
void read_plain(const field_reader& reader, string_view text, Bits& into) {
  into = 0;
  reader.each(text, [&](string_view element) {
    const auto bits = static_cast<Bits>(reader.values(element));
    if ((into | bits) == into) reader.fail(element, nothing_new);
    into |= bits;
  });
}

bool star(const field_reader& reader, string_view element) {
  if (element.ends_with("/1")) element.remove_suffix(2);
  return reader.unrestricted(element);
}

void read_days(const field_reader& reader, string_view text, detail::cron_fields& f) {
  reader.each(text, [&](string_view element) {
    if (element == "L" || element == "l") {
      if (f.last_day) reader.fail(element, nothing_new);
      f.last_day = true;
      return;
    }
    const auto bits = static_cast<std::uint32_t>(reader.values(element));
    if ((f.day_set | bits) == f.day_set) reader.fail(element, nothing_new);
    f.day_set |= bits;
    f.any_day = f.any_day || star(reader, element);
  });
}

/// `5L`, `FRI#2`: true when it was one.
bool read_nth(const field_reader& reader, string_view element, detail::cron_fields& f) {
  const std::size_t hash = element.find('#');
  const bool last = hash == element.npos && element.size() > 1 && upper(element.back()) == 'L';
  if (hash == element.npos && !last) return false;
  const string_view day = last ? element.substr(0, element.size() - 1) : element.substr(0, hash);
  const int nth = last ? 0 : field_reader::number(element.substr(hash + 1));
  if (!last && (nth < 1 || nth > 5)) reader.fail(element, "expected 1 to 5 after the #");
  std::uint8_t& marks = f.nth[static_cast<std::size_t>(reader.value(day, element) % 7)];
  const auto mark = static_cast<std::uint8_t>(1U << nth);
  if ((marks & mark) != 0) reader.fail(element, nothing_new);
  marks |= mark;
  return true;
}

void read_weekdays(const field_reader& reader, string_view text, detail::cron_fields& f) {
  reader.each(text, [&](string_view element) {
    if (read_nth(reader, element, f)) return;
    auto bits = static_cast<std::uint32_t>(reader.values(element));
    bits = (bits | bits >> 7) & 0x7f;  // 7 is Sunday too
    if ((f.weekday_set | bits) == f.weekday_set) reader.fail(element, nothing_new);
    f.weekday_set |= bits;
    f.any_weekday = f.any_weekday || star(reader, element);
  });
}

std::vector<string_view> words_of(string_view text) {
  std::vector<string_view> words;
  for (auto at = text.begin(); at != text.end();) {
    const auto begin = std::find_if_not(at, text.end(), blank);
    at = std::find_if(begin, text.end(), blank);
    if (begin != at) words.emplace_back(begin, at);
  }
  return words;
}

detail::cron_fields read_fields(std::span<const string_view> words, const char* origin) {
  detail::cron_fields f;
  const auto reader = [&](const field_kind& kind) { return field_reader{kind, origin}; };
  if (words.size() == 6) {
    read_plain(reader(second_field), words[0], f.second_set);
    words = words.subspan(1);
  }
  read_plain(reader(minute_field), words[0], f.minute_set);
  read_plain(reader(hour_field), words[1], f.hour_set);
  read_days(reader(day_field), words[2], f);
  read_plain(reader(month_field), words[3], f.month_set);
  read_weekdays(reader(weekday_field), words[4], f);
  return f;
}

const char* meaning_of(string_view descriptor) noexcept {
  struct entry {
    string_view name;
    const char* fields;
  };
  static constexpr std::array table{
      entry{"@yearly", "0 0 1 1 *"},  entry{"@annually", "0 0 1 1 *"},
      entry{"@monthly", "0 0 1 * *"}, entry{"@weekly", "0 0 * * 0"},
      entry{"@daily", "0 0 * * *"},   entry{"@midnight", "0 0 * * *"},
      entry{"@hourly", "0 * * * *"},
  };
  const auto found = std::ranges::find(table, descriptor, &entry::name);
  return found == table.end() ? nullptr : found->fields;
}

constexpr std::int64_t every_max = 10LL * 366 * 86'400;

/// `1h30m`; 0: it is not one.
std::int64_t interval(string_view text) noexcept {
  std::int64_t total = 0, unit_before = 86'400;
  while (!text.empty()) {
    std::int64_t n = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), n);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (bad != std::errc{} || n < 0 || n > every_max || text.empty()) return 0;
    const std::int64_t unit = text[0] == 'h' ? 3600 : text[0] == 'm' ? 60 : text[0] == 's' ? 1 : 0;
    if (unit == 0 || unit >= unit_before) return 0;
    total += n * unit;
    unit_before = unit;
    text.remove_prefix(1);
  }
  return total <= every_max ? total : 0;
}

}  // namespace

std::string cron_error::what() const {
  return field + " \"" + text + "\" at " + std::to_string(position) + ": " + message;
}

cron_result<cron> cron::parse(string_view expression, const cron_options& options) {
  const auto wrong = [&](const char* field, string_view at, std::string message) {
    const auto offset = at.empty() ? 0 : static_cast<std::size_t>(at.data() - expression.data());
    return cron_error{field, std::string{at.substr(0, text_max)}, offset + 1, std::move(message)};
  };
  if (expression.size() > text_max)
    return wrong("expression", expression.substr(0, 16), "is longer than 256 characters");
  std::vector<string_view> words = words_of(expression);
  if (words.empty()) return wrong("expression", "", "is empty");
  cron c;
  c.text_ = expression;
  c.zone_ = options.zone;
  c.change_ = options.change;
  if (words[0].starts_with("TZ=") || words[0].starts_with("CRON_TZ=")) {
    const string_view name = words[0].substr(words[0].find('=') + 1);
    auto zone = time_zone::named(name);
    if (!zone) return wrong("zone", words[0], "the system knows no time zone of that name");
    c.zone_ = *std::move(zone);
    words.erase(words.begin());
    if (words.empty()) return wrong("expression", expression, "has no fields");
  }
  const char* origin = expression.data();
  const string_view first = words[0];
  if (first == "@every") {
    c.every_ = std::chrono::seconds{words.size() == 2 ? interval(words[1]) : 0};
    if (c.every_.count() == 0)
      return wrong("descriptor", words.back(),
                   "expected @every and whole hours, minutes, seconds as in 1h30m, at least 1s");
    return c;
  }
  if (first.starts_with('@')) {
    const char* fields = words.size() == 1 ? meaning_of(first) : nullptr;
    if (fields == nullptr)
      return wrong("descriptor", first,
                   "expected @yearly, @monthly, @weekly, @daily, @hourly or @every and a time");
    origin = fields;
    words = words_of(fields);
  }
  if (words.size() != 5 && words.size() != 6)
    return wrong("expression", expression,
                 "expected 5 or 6 fields, got " + std::to_string(words.size()));
  try {
    c.fields_ = read_fields(words, origin);
  } catch (refusal& r) {
    return std::move(r.error);
  }
  return c;
}

}  // namespace ensue
