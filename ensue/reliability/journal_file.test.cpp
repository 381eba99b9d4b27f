#include <ensue/base/posix_disk.hpp>
#include <ensue/reliability/journal_file.hpp>
#include <ensue/sim/disk.hpp>

#include <boost/system/errc.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <tests/temporary_folder.hpp>
#include <vector>

using namespace ensue;

namespace {

using texts = std::vector<std::string>;

journal_options options() {
  journal_options o;
  o.kind = "test/1";
  return o;
}

journal_batch batch(const texts& records) {
  journal_batch b;
  for (const std::string& r : records) b.add(r);
  return b;
}

// Opens and reads to the end; what was there goes to `found`.
journal_result<std::unique_ptr<journal_file>> open_all(disk& d, const std::string& path,
                                                       texts& found) {
  auto f = journal_file::open(d, path, options(), 5);
  if (!f) return f.error();
  for (;;) {
    const auto next = (*f)->next();
    if (!next) return next.error();
    if (!*next) break;
    found.emplace_back((*next)->payload);
  }
  if (const auto done = (*f)->recover(); !done) return done.error();
  return f;
}

// Three commits, a compaction and one more; what is acknowledged then. The n-th call fails.
texts use(sim::disk& d, std::uint64_t nth, bool for_ever) {
  texts safe, unused;
  d.fail_call(nth, make_error_code(boost::system::errc::no_space_on_device), for_ever);
  const auto f = open_all(d, "s/a", unused);
  if (!f) return safe;
  for (const char* r : {"a", "b", "c"}) {
    if (!(*f)->commit(batch({r}))) return safe;
    safe.emplace_back(r);
  }
  const auto replaced = (*f)->replace(batch({"b", "c"}));
  if (!replaced.old_in_use) return safe;
  if (!replaced.error) safe = {"b", "c"};
  if ((*f)->commit(batch({"d"}))) safe.emplace_back("d");
  return safe;
}

bool begins_with(const texts& all, const texts& some) {
  return all.size() >= some.size() && std::equal(some.begin(), some.end(), all.begin());
}

}  // namespace

TEST_CASE("on the machine's disk: create, commit, replace, open again") {
  const temporary_folder here;
  const std::string& folder = here.path();
  posix_disk d;
  texts found;
  {
    const auto f = open_all(d, folder + "/a", found).value();
    CHECK(f->report().created);
    REQUIRE(f->commit(batch({"one", "two"})));
    CHECK(open_all(d, folder + "/a", found).error().code == errc::exists);
    REQUIRE_FALSE(f->replace(batch({"two"})).error);
    REQUIRE(f->commit(batch({"three"})));
  }
  const auto f = open_all(d, folder + "/a", found).value();
  CHECK(found == texts{"two", "three"});
  CHECK(f->bytes() == 64 + 19 + 21);
  CHECK(d.list(folder).value() == texts{"a", "a.lock"});
  CHECK(journal_file::open(d, folder + "/none/a", options(), 5).error().text() ==
        folder + "/none/a: No such file or directory");
}

TEST_CASE("whichever call fails, what was committed is there after opening again") {
  for (const bool for_ever : {false, true}) {
    bool failed = true;
    for (std::uint64_t nth = 1; failed; ++nth) {
      REQUIRE(nth < 100);
      sim::disk d{nth};
      const texts safe = use(d, nth, for_ever);
      failed = d.calls() >= nth;
      d.crash();
      d.boot();
      d.fail_call(0, {});
      texts found;
      REQUIRE(open_all(d, "s/a", found).has_value());
      // What was not acknowledged may be there, behind the rest; so may the new file.
      const bool new_one = !found.empty() && found[0] == "b" && safe == texts{"a", "b", "c"};
      REQUIRE(begins_with(found, new_one ? texts{"b", "c"} : safe));
    }
  }
}

TEST_CASE("a file that is left over from a compaction goes away") {
  sim::disk d{1};
  texts found;
  REQUIRE(open_all(d, "a", found).has_value());
  d.set_content("a.new", "rubbish");
  REQUIRE(open_all(d, "a", found).has_value());
  CHECK_FALSE(d.exists("a.new").value());
}

TEST_CASE("what was handed out after a failed sync is safe, though the disk had lost it") {
  const error_code broken = make_error_code(boost::system::errc::io_error);
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    sim::disk d{seed};
    texts found, again;
    {
      const auto f = open_all(d, "s/a", found).value();
      REQUIRE(f->commit(batch({"a"})));
      d.fail_call(2, broken, true);  // the sync, and all that would repair it
      CHECK(f->commit(batch({"b"})).error() == broken);
    }
    d.fail_call(0, {});
    d.crash();
    d.boot();
    REQUIRE(open_all(d, "s/a", found).has_value());
    REQUIRE(found == texts{"a", "b"});  // as far as can be read
    d.lose_power();
    d.boot();
    REQUIRE(open_all(d, "s/a", again).has_value());
    REQUIRE(again == found);
  }
}
