#include "line_reader.hpp"

#include "tape_file.test.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using trading::byte_source;
using trading::line_reader;

namespace {

struct read_lines {
  std::vector<std::string> lines;
  int too_long = 0;
  std::int64_t count = 0;
};

read_lines lines_of(std::string_view text) {
  const tape_file file{text};
  byte_source source{file.path()};
  line_reader reader{source};
  read_lines got;
  std::string_view line;
  while (true) {
    const auto status = reader.next(line);
    if (status == line_reader::status::line) got.lines.emplace_back(line);
    if (status == line_reader::status::too_long) ++got.too_long;
    if (status == line_reader::status::starved && !reader.fill()) break;
  }
  CHECK(reader.bytes() == static_cast<std::int64_t>(text.size()));
  got.count = reader.lines();
  return got;
}

}  // namespace

TEST_CASE("lines end with LF, CRLF or the file") {
  CHECK(lines_of("").lines.empty());
  CHECK(lines_of("a\nbb\r\n\nc").lines == std::vector<std::string>{"a", "bb", "", "c"});
  CHECK(lines_of("a\n").lines == std::vector<std::string>{"a"});
  CHECK(lines_of("\n").lines == std::vector<std::string>{""});
}

TEST_CASE("lines across block borders are whole") {
  std::string text;
  std::vector<std::string> wanted;
  for (std::size_t n = 0; text.size() < 3 * byte_source::block_size; ++n) {
    wanted.push_back(std::string(n % 977, static_cast<char>('a' + n % 26)));
    text += wanted.back() + "\n";
  }
  CHECK(lines_of(text).lines == wanted);
}

TEST_CASE("a line of the bound is kept, a longer one passed over and counted as one") {
  const std::string fits(line_reader::longest, 'x'), not_fits(line_reader::longest + 1, 'y');
  const auto got = lines_of(fits + "\r\n" + not_fits + "\nshort\n" + not_fits + not_fits);
  REQUIRE(got.lines.size() == 2);
  CHECK(got.lines[0] == fits);
  CHECK(got.lines[1] == "short");
  CHECK(got.too_long == 2);
  CHECK(got.count == 4);
}
