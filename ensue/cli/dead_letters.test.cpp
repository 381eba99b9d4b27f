#include <ensue/async/loop_runtime.hpp>
#include <ensue/cli/dead_letters.hpp>
#include <ensue/reliability/dead_letters.hpp>
#include <ensue/sim/disk.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

using namespace ensue;
using namespace std::chrono_literals;

namespace {

struct outcome {
  int code;
  std::string out, errors;
};

outcome ensue_program(disk& d, std::vector<std::string> words, bool colour = false) {
  const std::vector<std::string_view> views(words.begin(), words.end());
  std::ostringstream out, errors;
  const cli::surroundings with{d, out, errors, colour};
  const int code = cli::run(views, with);
  return {code, out.str(), errors.str()};
}

task<> write_letters(runtime& rt, disk& d, std::vector<std::string>& ids) {
  auto opened = co_await dead_letters::open(rt, d, "f");
  dead_letters& letters = *opened.value();
  for (const char* subscription : {"charge", "ship"}) {
    dead_letter l;
    l.event = "order.placed";
    l.version = 2;
    l.payload = R"({"id":7})";
    l.subscription = subscription;
    l.reason = death_reason::permanent;
    l.died = wall_time{1'767'225'600s};
    l.attempts = {{1, wall_time{1'767'225'599s}, 1500ms, "no \x1b[31mcard"}};
    ids.push_back((co_await letters.add(l)).value().text());
  }
  (co_await letters.close()).value();
}

struct file_of_two {
  file_of_two() {
    loop_runtime rt;
    block_on(rt, write_letters(rt, d, ids));
  }
  sim::disk d{1};
  std::vector<std::string> ids{};
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("list: a line a letter, filtered; control characters do not get through") {
  file_of_two f;
  const outcome all = ensue_program(f.d, {"dead-letters", "list", "--file", "f"});
  CHECK(all.code == 0);
  CHECK(all.errors.empty());
  CHECK(
      all.out ==
      f.ids[0] +
          "  2026-01-01T00:00:00Z  permanent   order.placed -> charge  1 attempts: no .[31mcard\n" +
          f.ids[1] +
          "  2026-01-01T00:00:00Z  permanent   order.placed -> ship  1 attempts: no .[31mcard\n"
          "2 of 2 letters\n");
  const outcome one =
      ensue_program(f.d, {"dead-letters", "list", "--file", "f", "--subscription", "ship"});
  CHECK(has(one.out, f.ids[1]));
  CHECK(has(one.out, "1 of 2 letters"));
  CHECK_FALSE(has(one.out, f.ids[0]));
}

TEST_CASE("colours on a terminal only") {
  file_of_two f;
  const std::vector<std::string> words{"dead-letters", "list", "--file", "f"};
  CHECK_FALSE(has(ensue_program(f.d, words).out, "\x1b["));
  CHECK(has(ensue_program(f.d, words, true).out, "\x1b[31m"));
}

TEST_CASE("json: an object a line") {
  file_of_two f;
  const outcome o = ensue_program(f.d, {"dead-letters", "list", "--file", "f", "--json"});
  CHECK(o.code == 0);
  CHECK(o.out.find("{\"letter\":{\"id\":\"" + f.ids[0] + "\"") == 0);
  std::istringstream lines{o.out};
  std::string line;
  int count = 0;
  while (std::getline(lines, line)) {
    CHECK(decode_record(line).has_value());
    ++count;
  }
  CHECK(count == 2);
}

TEST_CASE("show: all about one letter") {
  file_of_two f;
  const outcome o = ensue_program(f.d, {"dead-letters", "show", f.ids[1], "--file", "f"});
  CHECK(o.code == 0);
  CHECK(has(o.out, "event         order.placed version 2\n"));
  CHECK(has(o.out, "subscription  ship\n"));
  CHECK(has(o.out, "attempt 1     2025-12-31T23:59:59Z  PT1.5S  no .[31mcard\n"));
  CHECK(has(o.out, "payload       {\"id\":7}\n"));
  CHECK_FALSE(has(o.out, "component"));
  const std::string other = "018f2f3a-0000-7000-8000-000000000001";
  const outcome none = ensue_program(f.d, {"dead-letters", "show", other, "--file", "f"});
  CHECK(none.code == 1);
  CHECK(none.errors == "ensue: f: no letter " + other + "\n");
}

TEST_CASE("redrive marks, purge takes away") {
  file_of_two f;
  const outcome marked = ensue_program(f.d, {"dead-letters", "redrive", f.ids[0], "--file", "f"});
  CHECK(marked.code == 0);
  CHECK(marked.out == "1 letters marked; the service posts them when it next starts\n");
  CHECK(has(ensue_program(f.d, {"dead-letters", "list", "--file", "f"}).out, ", marked"));
  const outcome again = ensue_program(f.d, {"dead-letters", "redrive", f.ids[0], "--file", "f"});
  CHECK(again.code == 1);
  CHECK(has(again.errors, "is poison or marked already"));
  const outcome purged = ensue_program(f.d, {"dead-letters", "purge", "--all", "--file", "f"});
  CHECK(purged.out == "2 letters purged\n");
  CHECK(ensue_program(f.d, {"dead-letters", "list", "--file", "f"}).out == "0 of 0 letters\n");
}

TEST_CASE("a file that is missing, in use, or something else") {
  file_of_two f;
  for (const char* what : {"list", "purge"}) {
    std::vector<std::string> words{"dead-letters", what, "--file", "none"};
    if (words[1] == "purge") words.emplace_back("--all");
    const outcome missing = ensue_program(f.d, words);
    CHECK(missing.code == 1);
    CHECK(missing.errors == "ensue: none: No such file or directory\n");
    CHECK_FALSE(f.d.exists("none").value());
  }
  const auto held = f.d.lock("f").value();
  CHECK(ensue_program(f.d, {"dead-letters", "list", "--file", "f"}).code == 0);
  const outcome in_use = ensue_program(f.d, {"dead-letters", "purge", "--all", "--file", "f"});
  CHECK(in_use.code == 1);
  CHECK(in_use.errors == "ensue: f: in use by another process or owner\n");
  f.d.set_content("x", "[settings]");
  const outcome other = ensue_program(f.d, {"dead-letters", "list", "--file", "x"});
  CHECK(other.code == 1);
  CHECK(has(other.errors, "x: not a journal"));
}

TEST_CASE("damage is told, and nothing is written over it") {
  file_of_two f;
  std::vector<char> bytes(100'000);
  std::size_t size = 0;
  {
    auto file = f.d.open("f", open_mode::write).value();
    size = file->read(0, bytes).value();
    SUBCASE("the last letter has a wrong bit") {
      bytes[size - 30] = static_cast<char>(bytes[size - 30] ^ 4);
      (void)file->write(0, {bytes.data(), size});
    }
    SUBCASE("the end is missing") { (void)file->truncate(size -= 5); }
  }
  const outcome seen = ensue_program(f.d, {"dead-letters", "list", "--file", "f"});
  CHECK(seen.code == 0);
  CHECK(has(seen.out, "1 of 1 letters"));
  CHECK(has(seen.errors, "bytes cannot be read"));

  const outcome refused = ensue_program(f.d, {"dead-letters", "redrive", "--all", "--file", "f"});
  CHECK(refused.code == 1);
  CHECK(has(refused.errors, "nothing was changed; --salvage"));
  CHECK(f.d.open("f", open_mode::read).value()->size().value() == size);
  CHECK_FALSE(f.d.exists("f.damaged").value());

  const outcome salvaged =
      ensue_program(f.d, {"dead-letters", "redrive", "--all", "--file", "f", "--salvage"});
  CHECK(salvaged.code == 0);
  CHECK(has(salvaged.out, "1 letters marked"));
  std::vector<char> kept(100'000);
  CHECK(f.d.open("f.damaged", open_mode::read).value()->read(0, kept).value() == size);
  CHECK(std::equal(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(size), bytes.begin()));
  CHECK(ensue_program(f.d, {"dead-letters", "list", "--file", "f"}).errors.empty());
}

TEST_CASE("damage in the middle is refused, and passed over when asked to") {
  file_of_two f;
  auto file = f.d.open("f", open_mode::write).value();
  std::vector<char> bytes(100'000);
  const std::size_t size = file->read(0, bytes).value();
  bytes[size / 3] = static_cast<char>(bytes[size / 3] ^ 4);
  (void)file->write(0, {bytes.data(), size});
  const outcome refused = ensue_program(f.d, {"dead-letters", "list", "--file", "f"});
  CHECK(refused.code == 1);
  CHECK(has(refused.errors, "--salvage"));
  const outcome seen = ensue_program(f.d, {"dead-letters", "list", "--file", "f", "--salvage"});
  CHECK(seen.code == 0);
  CHECK(has(seen.out, "1 of 1 letters"));
}

TEST_CASE("usage: exit 2 and a sentence; help: exit 0") {
  sim::disk d{1};
  CHECK(ensue_program(d, {}).code == 2);
  CHECK(ensue_program(d, {"dead-letter"}).code == 2);
  CHECK(ensue_program(d, {"dead-letters"}).code == 2);
  CHECK(ensue_program(d, {"--help"}).code == 0);
  const outcome help = ensue_program(d, {"dead-letters", "--help"});
  CHECK(help.code == 0);
  CHECK(has(help.out, "Exit: 0 done;"));
  const outcome wrong = ensue_program(d, {"dead-letters", "list"});
  CHECK(wrong.code == 2);
  CHECK(wrong.errors ==
        "ensue: --file is missing: which dead letters?; see ensue dead-letters --help\n");
}
