#include <ensue/app/audit_file.hpp>
#include <ensue/app/digest.hpp>

#include <boost/system/system_category.hpp>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace ensue {
namespace {

constexpr std::size_t checksum_length = 16;

error_code last_error() { return {errno, boost::system::system_category()}; }

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '\\': out += "\\\\"; break;
      case '\t': out += "\\t"; break;
      case '\n': out += "\\n"; break;
      default: out += c;
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    ++i;
    out += text[i] == 't' ? '\t' : text[i] == 'n' ? '\n' : text[i];
  }
  return out;
}

std::string checksum(std::string_view before, std::string_view body) {
  return sha256_hex(std::string{before} + std::string{body}).substr(0, checksum_length);
}

// One line without its newline; `chain` moves on to its checksum.
std::optional<audit_entry> parse(std::string_view line, std::string& chain) {
  std::array<std::string_view, 5> parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t tab = line.find('\t');
    if ((tab == std::string_view::npos) != (i + 1 == parts.size())) return std::nullopt;
    parts[i] = line.substr(0, tab);
    line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  }
  std::string body;
  for (std::size_t i = 0; i < 4; ++i) body += std::string{parts[i]} + '\t';
  std::string sum = checksum(chain, body);
  if (sum != parts[4]) return std::nullopt;
  std::int64_t ns = 0;
  const auto [end, failed] =
      std::from_chars(parts[3].data(), parts[3].data() + parts[3].size(), ns);
  if (failed != std::errc{} || end != parts[3].data() + parts[3].size()) return std::nullopt;
  chain = std::move(sum);
  return audit_entry{unescaped(parts[0]), unescaped(parts[1]), unescaped(parts[2]),
                     wall_time{std::chrono::nanoseconds{ns}}};
}

result<std::string> read_all(int file) {
  std::string all;
  char block[4096];
  for (;;) {
    const ssize_t n = ::read(file, block, sizeof block);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error();
    if (n == 0) return all;
    all.append(block, static_cast<std::size_t>(n));
  }
}

void sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

}  // namespace

audit_file::~audit_file() {
  if (file_ >= 0) ::close(file_);
}

result<audit_file::contents> audit_file::open(std::string path) {
  path_ = std::move(path);
  const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return last_error();
  file_ = file;
  const auto give_up = [this](error_code ec) {
    ::close(std::exchange(file_, -1));
    return ec;
  };
  if (::flock(file_, LOCK_EX | LOCK_NB) != 0)
    return give_up(errno == EWOULDBLOCK ? error_code{errc::exists} : last_error());
  const result<std::string> text = read_all(file_);
  if (!text) return give_up(text.error());

  contents found;
  chain_.clear();
  std::size_t at = 0, number = 1;
  for (; at < text->size(); ++number) {
    const std::size_t end = text->find('\n', at);
    if (end == std::string::npos) break;
    auto entry = parse(std::string_view{*text}.substr(at, end - at), chain_);
    if (!entry) {
      found.damaged = true;
      found.problem = path_ + ":" + std::to_string(number) + ": checksum or form is wrong";
      ::close(std::exchange(file_, -1));
      return found;
    }
    found.entries.push_back(std::move(*entry));
    at = end + 1;
  }
  if (at < text->size()) {
    found.torn = text->substr(at);
    if (::ftruncate(file_, static_cast<off_t>(at)) != 0 || ::fsync(file_) != 0)
      return give_up(last_error());
  }
  size_ = at;
  sync_folder_of(path_);
  return found;
}

result<> audit_file::set_aside(const std::string& path) {
  if (::rename(path.c_str(), (path + ".damaged").c_str()) != 0) return last_error();
  sync_folder_of(path);
  return {};
}

std::string audit_file::line(const audit_entry& e) {
  const std::string body = escaped(e.verb) + '\t' + escaped(e.scope) + '\t' + escaped(e.reason) +
                           '\t' + std::to_string(e.at.time_since_epoch().count()) + '\t';
  chain_ = checksum(chain_, body);
  return body + chain_ + '\n';
}

result<> audit_file::write_line(int file, const std::string& text) {
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t n = ::write(file, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR) return last_error();
    if (n > 0) done += static_cast<std::size_t>(n);
  }
  size_ += text.size();
  if (::fdatasync(file) != 0) return last_error();
  return {};
}

result<> audit_file::append(const audit_entry& e, const std::vector<audit_entry>& kept) {
  if (file_ < 0) return errc::closed;
  if (size_ > size_max) {
    const result<> replaced = replace(kept);
    if (!replaced) return replaced;
  }
  const std::size_t before = size_;
  const std::string chain_before = chain_;
  const result<> written = write_line(file_, line(e));
  if (!written) {  // half a line must not stand before the next one
    if (::ftruncate(file_, static_cast<off_t>(before)) != 0) ::close(std::exchange(file_, -1));
    size_ = before;
    chain_ = chain_before;
  }
  return written;
}

// At every moment there is a whole file under the path: the old one or the new one.
result<> audit_file::replace(const std::vector<audit_entry>& kept) {
  const std::string fresh = path_ + ".new", old = path_ + ".1";
  const int file = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return last_error();
  const std::string chain_before = std::exchange(chain_, {});
  const std::size_t size_before = std::exchange(size_, 0);
  result<> done;
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) done = last_error();
  for (const audit_entry& e : kept)
    if (done) done = write_line(file, line(e));
  if (done) {
    ::unlink(old.c_str());
    if (::link(path_.c_str(), old.c_str()) != 0 || ::rename(fresh.c_str(), path_.c_str()) != 0)
      done = last_error();
  }
  if (!done) {
    chain_ = chain_before;
    size_ = size_before;
    ::close(file);
    return done;
  }
  sync_folder_of(path_);
  ::close(std::exchange(file_, file));
  return {};
}

}  // namespace ensue
