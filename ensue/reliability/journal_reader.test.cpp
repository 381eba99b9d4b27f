// Any damage: refused with the place, or recovered with a report; never silently different.
#include <ensue/reliability/journal_file.hpp>
#include <ensue/sim/disk.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace ensue;

namespace {

using texts = std::vector<std::string>;

const texts written{"first", "", "the third record", std::string(40, 'z'), "five", "6"};

journal_options options(bool salvage) {
  journal_options o;
  o.kind = "test/1";
  o.salvage = salvage;
  return o;
}

// Commits of one, two and three records.
std::string sample() {
  sim::disk d{1};
  const auto f = journal_file::open(d, "a", options(false), 99).value();
  CHECK_FALSE(f->next().value().has_value());
  CHECK(f->recover().has_value());
  std::size_t i = 0;
  for (std::size_t n = 1; n <= 3; ++n) {
    journal_batch b;
    for (std::size_t k = 0; k < n; ++k) b.add(written[i++]);
    CHECK(f->commit(b));
  }
  return d.content("a");
}

struct outcome {
  std::optional<journal_error> refused;
  texts records;
  journal_report report;
};

outcome read_all(sim::disk& d, bool salvage) {
  outcome out;
  const auto f = journal_file::open(d, "a", options(salvage), 1);
  if (!f) return {f.error(), {}, {}};
  for (;;) {
    const auto next = (*f)->next();
    if (!next) return {next.error(), out.records, {}};
    if (!*next) break;
    out.records.emplace_back((*next)->payload);
  }
  CHECK((*f)->recover().has_value());
  out.report = (*f)->report();
  return out;
}

bool is_prefix(const texts& part) {
  return part.size() <= written.size() && std::equal(part.begin(), part.end(), written.begin());
}

bool is_subsequence(const texts& part) {
  std::size_t i = 0;
  for (const std::string& w : written)
    if (i < part.size() && part[i] == w) ++i;
  return i == part.size();
}

// Reads damaged bytes both ways; what was read must be readable again, and then be clean.
void check_damaged(const std::string& bytes, const std::string& name) {
  CAPTURE(name);
  for (const bool salvage : {false, true}) {
    CAPTURE(salvage);
    sim::disk d{1};
    d.set_content("a", bytes);
    const outcome o = read_all(d, salvage);
    REQUIRE((salvage ? is_subsequence(o.records) : is_prefix(o.records)));
    if (o.refused) {
      REQUIRE(o.refused->offset <= bytes.size());
      REQUIRE(o.refused->text().find("a: ") == 0);
      REQUIRE(d.content("a") == bytes);
      continue;
    }
    REQUIRE(o.report.records == o.records.size());
    if (o.records.size() < written.size())
      REQUIRE((!o.report.clean() || o.report.bytes == bytes.size()));
    const outcome again = read_all(d, false);
    REQUIRE_FALSE(again.refused);
    REQUIRE(again.records == o.records);
    REQUIRE(again.report.clean());
  }
}

}  // namespace

TEST_CASE("cut at any offset: refused, or a prefix and how much was cut") {
  const std::string whole = sample();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    check_damaged(whole.substr(0, n), "cut at " + std::to_string(n));
    sim::disk d{1};
    d.set_content("a", whole.substr(0, n));
    const outcome o = read_all(d, false);
    REQUIRE(o.refused.has_value() == (n < journal_format::header_bytes));
    if (!o.refused) REQUIRE(o.report.bytes + o.report.cut == n);
  }
}

TEST_CASE("a flipped bit anywhere: refused, or cut and reported") {
  const std::string whole = sample();
  for (std::size_t i = 0; i < whole.size() * 8; ++i) {
    std::string bad = whole;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    check_damaged(bad, "bit " + std::to_string(i));
    sim::disk d{1};
    d.set_content("a", bad);
    const outcome o = read_all(d, false);
    REQUIRE((o.refused || o.report.cut > 0));
    d.set_content("a", bad);
    const outcome salvaged = read_all(d, true);
    // All but the damaged record.
    if (!salvaged.refused) REQUIRE(salvaged.records.size() + 1 == written.size());
  }
}

TEST_CASE("any byte lost, doubled or set, and any two blocks exchanged") {
  const std::string whole = sample();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    check_damaged(whole.substr(0, i) + whole.substr(i + 1), "lost " + std::to_string(i));
    check_damaged(whole.substr(0, i) + whole.substr(i > 9 ? i - 9 : 0),
                  "doubled " + std::to_string(i));
    std::string zeros = whole;
    zeros.replace(i, 20, std::string(std::min<std::size_t>(20, whole.size() - i), '\0'));
    check_damaged(zeros, "zeros " + std::to_string(i));
    if (i + 40 < whole.size())
      check_damaged(whole.substr(0, i) + whole.substr(i + 20, 20) + whole.substr(i, 20) +
                        whole.substr(i + 40),
                    "exchanged " + std::to_string(i));
  }
}

TEST_CASE("damage before the last commit is refused, in it cut") {
  const std::string whole = sample();
  std::string bad = whole;
  bad[64 + 16] ^= 1;  // the first record
  sim::disk d{1};
  d.set_content("a", bad);
  const outcome middle = read_all(d, false);
  REQUIRE(middle.refused);
  CHECK(middle.refused->offset == 64);
  CHECK(middle.refused->text() ==
        "a: a damaged record at offset 64, with good ones behind it from offset 85; salvage would "
        "skip it");
  bad = whole;
  bad[bad.size() - 22] ^= 1;  // the last but one, of the last commit: the last one is good
  d.set_content("a", bad);
  const outcome torn = read_all(d, false);
  REQUIRE_FALSE(torn.refused);
  CHECK(torn.records.size() == 4);
  CHECK(torn.report.cut == 20 + 17);
}

TEST_CASE("salvage keeps the good records and the damaged file") {
  std::string bad = sample();
  bad[64 + 16] ^= 1;
  sim::disk d{1};
  d.set_content("a", bad);
  const outcome o = read_all(d, true);
  REQUIRE_FALSE(o.refused);
  CHECK(o.records == texts(written.begin() + 1, written.end()));
  CHECK(o.report.skipped_bytes == 21);
  CHECK(o.report.text().find("; skipped 21 damaged bytes at 64") != std::string::npos);
  CHECK(d.content("a.damaged") == bad);
}

TEST_CASE("a record inside a record, and one of another file, are no records") {
  sim::disk d{1};
  const auto f = journal_file::open(d, "a", options(false), 7).value();
  CHECK_FALSE(f->next().value().has_value());
  REQUIRE(f->recover().has_value());
  journal_batch inner;
  std::string forged;
  journal_format::append_record(forged, 8, 64, 80 + 16, "forged");
  inner.add(forged);
  REQUIRE(f->commit(inner));
  std::string bytes = d.content("a");
  bytes[70] ^= 1;
  d.crash();
  d.boot();
  d.set_content("a", bytes);
  const outcome o = read_all(d, true);
  REQUIRE_FALSE(o.refused);
  CHECK(o.records.empty());
  CHECK(o.report.cut == bytes.size() - 64);
}
