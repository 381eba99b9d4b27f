#include <ensue/reliability/dead_letter.hpp>
#include <ensue/reliability/journal_reader.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

// Two ways in: any bytes as a file; and a good file with some bytes changed. Read or refused, never
// a crash; and what is read of the good file is a prefix of what was written, or, salvaged, a
// subsequence.

namespace fuzzed {

using texts = std::vector<std::string>;

void must(bool holds) {
  if (!holds) std::abort();
}

class memory_file final : public ensue::disk_file {
 public:
  explicit memory_file(std::string bytes) : bytes_{std::move(bytes)} {}
  ensue::result<> write(std::uint64_t, std::string_view) override { return ensue::errc::refused; }
  ensue::result<std::size_t> read(std::uint64_t at, std::span<char> into) override {
    return at < bytes_.size() ? bytes_.copy(into.data(), into.size(), at) : std::size_t{0};
  }
  ensue::result<> truncate(std::uint64_t) override { return ensue::errc::refused; }
  ensue::result<> sync() override { return ensue::errc::refused; }
  ensue::result<std::uint64_t> size() override { return std::uint64_t{bytes_.size()}; }

 private:
  std::string bytes_;
};

texts read_all(const std::string& bytes, bool salvage) {
  memory_file file{bytes};
  texts records;
  auto reader = ensue::journal_reader::open(file, "f", {.salvage = salvage});
  if (!reader) {
    must(reader.error().offset <= bytes.size());
    return records;
  }
  for (;;) {
    const auto next = reader->next();
    if (!next) {
      must(next.error().offset <= bytes.size());
      return records;
    }
    if (!*next) break;
    records.emplace_back((*next)->payload);
    (void)ensue::decode_record((*next)->payload);
  }
  const ensue::journal_report& r = reader->report();
  must(r.bytes + r.cut + r.skipped_bytes == bytes.size());
  return records;
}

// Takes bytes off the front.
struct supply {
  std::string_view left;
  std::size_t number(std::size_t below) {
    if (left.size() < 2) return 0;
    const auto high = static_cast<unsigned char>(left[0]),
               low = static_cast<unsigned char>(left[1]);
    left.remove_prefix(2);
    return (std::size_t{high} << 8 | low) % below;
  }
  std::string text(std::size_t n) {
    std::string t{left.substr(0, n)};
    left.remove_prefix(t.size());
    return t;
  }
};

bool is_subsequence(const texts& part, const texts& of) {
  std::size_t i = 0;
  for (const std::string& w : of)
    if (i < part.size() && part[i] == w) ++i;
  return i == part.size();
}

void change_a_good_file(supply in) {
  namespace format = ensue::journal_format;
  std::string bytes = format::encode({.salt = 7, .kind = "fuzz"});
  texts written;
  std::size_t commit = bytes.size();
  for (std::size_t n = in.number(20); n > 0; --n) {
    if (in.number(2) == 0) commit = bytes.size();
    written.push_back(in.text(in.number(64)));
    format::append_record(bytes, 7, commit, bytes.size(), written.back());
  }
  must(read_all(bytes, false) == written);
  while (!in.left.empty()) {
    const std::size_t at = in.number(bytes.size());
    bytes[at] = in.text(1).append(1, '\0')[0];
    if (in.number(8) == 0) bytes.resize(std::max<std::size_t>(at, 1));
  }
  const texts read = read_all(bytes, false);
  must(read.size() <= written.size() && std::equal(read.begin(), read.end(), written.begin()));
  must(is_subsequence(read_all(bytes, true), written));
}

}  // namespace fuzzed

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (data[0] % 4 == 0) {
    fuzzed::read_all(std::string{text.substr(1)}, true);
    (void)ensue::decode_record(text.substr(1));
  } else {
    fuzzed::change_a_good_file({text.substr(1)});
  }
  return 0;
}
