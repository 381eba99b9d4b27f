#include <ensue/async/scope.hpp>
#include <ensue/reliability/journal.hpp>

#include <boost/system/errc.hpp>

#include <tests/async_cases.hpp>
#include <tests/journal_cases.hpp>

using namespace ensue;
using namespace ensue::cases;

namespace {

const error_code no_space = make_error_code(boost::system::errc::no_space_on_device);

task<> append_all(runtime& rt, disk& d, texts records) {
  const texts mine = std::move(records);
  auto opened = co_await open_journal(rt, d);
  journal& j = *opened.value().file;
  for (const std::string& r : mine) (co_await j.append(r)).value();
  (co_await j.close()).value();
}

task<texts> contents(runtime& rt, disk& d) {
  auto opened = co_await open_journal(rt, d);
  (co_await opened.value().file->close()).value();
  co_return std::move(opened->records);
}

task<> append_one(journal& j, std::string record, int& done) {
  const std::string mine = std::move(record);
  (co_await j.append(mine)).value();
  ++done;
}

}  // namespace

TEST_CASE("what was appended is there again, in order") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const texts first{"one", "", "three"};
    co_await append_all(rt, d, first);
    const texts second{std::string(5000, 'x')};
    co_await append_all(rt, d, second);
    const texts all = co_await contents(rt, d);
    CHECK(all == texts{"one", "", "three", std::string(5000, 'x')});
  });
}

TEST_CASE("a new file is reported as new, an old one with its records") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const texts some{"abc"};
    co_await append_all(rt, d, some);
    const auto opened = co_await open_journal(rt, d);
    const journal_report& r = opened.value().report;
    CHECK_FALSE(r.created);
    CHECK(r.clean());
    CHECK(r.records == 1);
    CHECK(r.bytes == 64 + 16 + 3);
    CHECK(r.text() == "1 records, 83 bytes");
  });
}

TEST_CASE("appends that come while a sync runs share the next one") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto opened = co_await open_journal(rt, d);
    journal& j = *opened.value().file;
    int done = 0;
    co_await with_scope(rt, [&](scope& s) -> task<> {
      for (int i = 0; i < 100; ++i) s.spawn("append", append_one(j, std::to_string(i), done));
      co_return;
    });
    CHECK(done == 100);
    CHECK(j.commits() <= 2);
    (co_await j.close()).value();
    const texts all = co_await contents(rt, d);
    REQUIRE(all.size() == 100);
    CHECK(all[99] == "99");
  });
}

TEST_CASE("who appends more than may wait, waits; put says full") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    journal_options o = kind_of_test();
    o.waiting_bytes_max = 10;
    auto opened = co_await open_journal(rt, d, o);
    journal& j = *opened.value().file;
    CHECK(j.put("12345678").value() == 1);
    CHECK(j.put("12345678").error() == errc::full);
    CHECK(j.put("12").value() == 2);
    CHECK(j.waiting_bytes() == 10);
    CHECK(co_await j.append("123456"));
    CHECK(co_await j.append("longer than ten bytes"));
    CHECK(co_await j.flush());
    CHECK(j.waiting_bytes() == 0);
  });
}

TEST_CASE("a record that is too long, a file that is full, a journal that is closed") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    journal_options o = kind_of_test();
    o.record_bytes_max = 10;
    o.file_bytes_max = 64 + 2 * 26;
    auto opened = co_await open_journal(rt, d, o);
    journal& j = *opened.value().file;
    CHECK((co_await j.append("12345678901")).error() == errc::invalid);
    CHECK(co_await j.append("1234567890"));
    CHECK(co_await j.append("1234567890"));
    CHECK((co_await j.append("")).error() == errc::full);
    CHECK(j.file_bytes() == o.file_bytes_max);
    CHECK(co_await j.close());
    CHECK(j.put("").error() == errc::closed);
    CHECK((co_await j.append("")).error() == errc::closed);
    CHECK((co_await j.close()).error() == errc::closed);
  });
}

TEST_CASE("a second owner is refused, with the path") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const auto first = co_await open_journal(rt, d);
    const auto second = co_await open_journal(rt, d);
    CHECK(second.error().code == errc::exists);
    CHECK(second.error().text() == "s/a.journal: in use by another process or owner");
  });
}

TEST_CASE("another kind, another format and any other file are refused") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const texts some{"abc"};
    co_await append_all(rt, d, some);
    journal_options o;
    o.kind = "other/1";
    CHECK((co_await open_journal(rt, d, o)).error().text() ==
          "s/a.journal: a journal of kind test/1, not of kind other/1");
    d.set_content("s/a.journal", "[settings]\nthreads = 4\n");
    CHECK((co_await open_journal(rt, d)).error().text() ==
          "s/a.journal: not a journal, or its first 64 bytes are damaged");
    d.set_content("s/a.journal", "");
    CHECK((co_await open_journal(rt, d)).error().code == errc::invalid);
    CHECK(d.content("s/a.journal").empty());
  });
}

TEST_CASE("a record that its reader refuses refuses the file") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    const texts some{"abc", "bad"};
    co_await append_all(rt, d, some);
    const journal::replay picky = [](std::string_view record, std::uint64_t) -> result<> {
      if (record == "bad") return errc::invalid;
      return {};
    };
    const auto opened = co_await journal::open(rt, d, "s/a.journal", kind_of_test(), picky);
    CHECK(opened.error().offset == 83);
    CHECK(opened.error().code == errc::invalid);
  });
}

TEST_CASE("a failed write poisons; the file is cut back; what was acknowledged is there") {
  run([](runtime& rt) -> task<> {
    for (std::uint64_t nth = 1; nth <= 2; ++nth) {
      sim::disk d{nth};
      auto opened = co_await open_journal(rt, d);
      journal& j = *opened.value().file;
      CHECK(co_await j.append("safe"));
      d.fail_call(nth, no_space);
      CHECK((co_await j.append("lost")).error() == no_space);
      CHECK((co_await j.append("lost")).error() == no_space);
      CHECK(j.put("lost").error() == no_space);
      const texts none;
      CHECK((co_await j.compact(none)).error() == no_space);
      CHECK(j.error() == no_space);
      opened->file.reset();
      const texts all = co_await contents(rt, d);
      CHECK(all == texts{"safe"});
    }
  });
}

TEST_CASE("compaction replaces what was, and keeps what comes meanwhile") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto opened = co_await open_journal(rt, d);
    journal& j = *opened.value().file;
    for (int i = 0; i < 10; ++i) CHECK(co_await j.append("old"));
    CHECK(j.put("also old"));
    const texts live{"a", "b"};
    auto compacted = j.compact(live);
    CHECK(j.put("new"));
    const texts again{"x"};
    CHECK((co_await j.compact(again)).error() == errc::exists);
    CHECK(co_await std::move(compacted));
    CHECK(co_await j.append("newer"));
    CHECK(co_await j.close());
    const texts all = co_await contents(rt, d);
    CHECK(all == texts{"a", "b", "new", "newer"});
    CHECK_FALSE(d.exists("s/a.journal.new").value());
  });
}

TEST_CASE("a compaction that fails before the rename leaves the old file in use") {
  run([](runtime& rt) -> task<> {
    for (std::uint64_t nth = 1; nth <= 4; ++nth) {
      sim::disk d{1};
      auto opened = co_await open_journal(rt, d);
      journal& j = *opened.value().file;
      CHECK(co_await j.append("old"));
      d.fail_call(nth, no_space);
      CHECK(j.put("older"));
      const texts live{"a"};
      auto compacted = j.compact(live);
      CHECK(j.put("new"));
      CHECK((co_await std::move(compacted)).error() == no_space);
      CHECK(co_await j.append("newer"));
      CHECK(co_await j.close());
      const texts all = co_await contents(rt, d);
      CHECK(all == texts{"old", "older", "new", "newer"});
    }
  });
}

TEST_CASE("cancelled while it waits: the record may be there, the journal goes on") {
  run([](runtime& rt) -> task<> {
    sim::disk d{1};
    auto opened = co_await open_journal(rt, d);
    journal& j = *opened.value().file;
    int done = 0;
    scope s{rt};
    auto child = s.spawn("append", append_one(j, "a", done));
    co_await yield(rt);
    child.cancel();
    co_await s.join();
    CHECK(done == 0);
    CHECK(co_await j.append("b"));
    CHECK(co_await j.close());
    const texts all = co_await contents(rt, d);
    CHECK(all.back() == "b");
  });
}
