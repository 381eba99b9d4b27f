#include <ensue/reliability/journal_reader.hpp>

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <utility>

namespace ensue {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 20;
constexpr std::size_t gaps_max = 100;

namespace format = journal_format;

}  // namespace

void throw_exception_from_error(const journal_error& e, const boost::source_location&) {
  throw boost::system::system_error{e.code, e.message};
}

std::string journal_report::text() const {
  std::string out = std::to_string(records) + " records, " + std::to_string(bytes) + " bytes";
  if (created) out += "; new";
  if (cut > 0)
    out += "; cut " + std::to_string(cut) + " bytes of an unfinished write at " +
           std::to_string(bytes + skipped_bytes);
  for (const gap& g : skipped)
    out += "; skipped " + std::to_string(g.bytes) + " damaged bytes at " + std::to_string(g.offset);
  return out;
}

journal_reader::journal_reader(disk_file& file, std::string path, options o)
    : file_{&file}, path_{std::move(path)}, options_{std::move(o)} {}

journal_error journal_reader::error(error_code code, std::uint64_t offset,
                                    const std::string& what) const {
  return {code, offset, path_ + ": " + what};
}

journal_result<journal_reader> journal_reader::open(disk_file& file, std::string path, options o) {
  journal_reader r{file, std::move(path), std::move(o)};
  const auto size = file.size();
  if (!size) return journal_error{size.error(), 0, disk_error_text(r.path_, size.error())};
  r.size_ = *size;
  if (const auto done = r.fill(0, format::header_bytes); !done)
    return journal_error{done.error(), 0, disk_error_text(r.path_, done.error())};
  auto header = format::decode(r.at(0));
  if (!header && header.error() == errc::refused)
    return r.error(errc::invalid, 8, "a journal of a later format; this program knows version 1");
  if (!header) return r.error(errc::invalid, 0, "not a journal, or its first 64 bytes are damaged");
  r.header_ = std::move(*header);
  if (!r.options_.kind.empty() && r.header_.kind != r.options_.kind)
    return r.error(errc::invalid, 20,
                   "a journal of kind " + r.header_.kind + ", not of kind " + r.options_.kind);
  r.offset_ = r.report_.bytes = format::header_bytes;
  return r;
}

// Afterwards `at(offset)` has these bytes, less only at the end of the file.
result<> journal_reader::fill(std::uint64_t offset, std::size_t bytes) {
  const std::uint64_t end = std::min(size_, offset + bytes);
  if (offset >= block_begin_ && end <= block_begin_ + block_.size()) return {};
  block_.resize(std::min<std::uint64_t>(std::max(bytes, block_bytes), size_ - offset));
  block_begin_ = offset;
  const auto n = file_->read(offset, block_);
  if (!n) return block_.clear(), n.error();
  block_.resize(*n);
  return {};
}

std::string_view journal_reader::at(std::uint64_t offset) const noexcept {
  return std::string_view{block_}.substr(
      std::min<std::uint64_t>(offset - block_begin_, block_.size()));
}

// The record at `offset`; nothing when there is none that is whole and undamaged.
result<std::optional<journal_reader::found>> journal_reader::look(std::uint64_t offset) {
  const std::optional<found> none;
  if (const auto done = fill(offset, format::record_head_bytes); !done) return done.error();
  const auto head = format::read_head(at(offset), header_.salt, offset);
  if (!head) return none;
  const std::uint64_t begin = offset + format::record_head_bytes;
  if (head->length > options_.record_bytes_max || head->length > size_ - begin) return none;
  if (const auto done = fill(offset, format::record_head_bytes + head->length); !done)
    return done.error();
  const auto payload = at(begin).substr(0, head->length);
  if (!format::payload_matches(*head, payload, header_.salt, offset)) return none;
  return std::optional<found>{found{{offset, payload}, offset - head->since}};
}

// The next good record from `offset` on; only such of commits that began after `begun_after`.
result<std::optional<std::uint64_t>> journal_reader::search(std::uint64_t offset,
                                                            std::uint64_t begun_after) {
  while (offset + format::record_head_bytes <= size_) {
    const auto seen = look(offset);
    if (!seen) return seen.error();
    if (*seen && (*seen)->commit_begin > begun_after) return std::optional{offset};
    offset += *seen ? (*seen)->end() - offset : 1;
  }
  return std::optional<std::uint64_t>{};
}

// A bad record at offset_. In the last commit it is what a loss of power leaves; before that it
// was once safe.
journal_result<bool> journal_reader::pass_damage() {
  const std::uint64_t begun_after = options_.salvage ? 0 : offset_;
  const auto next = search(offset_ + 1, begun_after);
  if (!next) return error(next.error(), offset_, next.error().message());
  if (!*next) {
    report_.cut = size_ - offset_;
    offset_ = size_;
    return false;
  }
  const std::uint64_t lost = **next - offset_;
  if (!options_.salvage)
    return error(errc::invalid, offset_,
                 "a damaged record at offset " + std::to_string(offset_) +
                     ", with good ones behind it from offset " + std::to_string(**next) +
                     "; salvage would skip it");
  if (report_.skipped.size() < gaps_max) report_.skipped.push_back({offset_, lost});
  report_.skipped_bytes += lost;
  offset_ = **next;
  return true;
}

journal_result<std::optional<journal_reader::record>> journal_reader::next() {
  while (offset_ < size_) {
    const auto seen = look(offset_);
    if (!seen) return error(seen.error(), offset_, seen.error().message());
    if (*seen) {
      offset_ = (*seen)->end();
      report_.bytes += (*seen)->end() - (*seen)->what.offset;
      ++report_.records;
      last_commit_ = (*seen)->commit_begin;
      return std::optional<record>{(*seen)->what};
    }
    const auto passed = pass_damage();
    if (!passed) return passed.error();
    if (!*passed) break;
  }
  return std::optional<record>{};
}

}  // namespace ensue
