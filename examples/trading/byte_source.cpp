#include "byte_source.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <zlib.h>

namespace trading {
namespace {

std::string system_text(int number) { return std::generic_category().message(number); }

constexpr std::string_view gzip_magic = "\x1f\x8b";

int open_input(const std::string& path) {
  if (path != "-") return ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int mode = ::fcntl(STDIN_FILENO, F_GETFL);
  if (mode >= 0 && (mode & O_ACCMODE) == O_WRONLY) {
    errno = EBADF;
    return -1;
  }
  return ::dup(STDIN_FILENO);
}

}  // namespace

struct byte_source::unpacker {
  unpacker() : output(block_size) { inflateInit2(&stream, 15 + 16); }
  ~unpacker() { inflateEnd(&stream); }
  unpacker(const unpacker&) = delete;
  unpacker& operator=(const unpacker&) = delete;

  z_stream stream{};
  std::vector<char> output;
  bool between_members = false;
};

byte_source::byte_source(const std::string& path) : byte_source{open_input(path)} {}

byte_source::byte_source(int descriptor) : descriptor_{descriptor}, input_(block_size) {
  struct stat about{};
  if (descriptor_ < 0) {
    fail("cannot open: " + system_text(errno));
  } else if (::fstat(descriptor_, &about) == 0 && S_ISREG(about.st_mode)) {
    size_ = about.st_size;
  } else if (S_ISDIR(about.st_mode)) {
    fail("cannot read: it is a directory");
  } else {
    wake_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  }
}

byte_source::~byte_source() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (wake_ >= 0) ::close(wake_);
}

std::string_view byte_source::fail(std::string why) {
  error_ = std::move(why);
  ended_ = true;
  return {};
}

void byte_source::interrupt() noexcept {
  interrupted_.store(true);
  const std::uint64_t one = 1;
  // Nothing to do when it fails: the counter is full, so the sleeper is awake already.
  if (wake_ >= 0) [[maybe_unused]]
    const auto written = ::write(wake_, &one, sizeof one);
}

/// False when it was interrupted instead.
bool byte_source::wait_for_input() {
  if (wake_ >= 0) {
    pollfd both[] = {{descriptor_, POLLIN, 0}, {wake_, POLLIN, 0}};
    while (::poll(both, 2, -1) < 0 && errno == EINTR) {
    }
  }
  return !interrupted_.load();
}

bool byte_source::fill() {
  // Two bytes at least, so that the magic number is seen whole.
  std::size_t length = 0;
  do {
    if (!wait_for_input()) break;
    const auto got = ::read(descriptor_, input_.data() + length, input_.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      fail("read error at byte " + std::to_string(position_) + ": " + system_text(errno));
    if (got <= 0) break;
    length += static_cast<std::size_t>(got);
    position_ += got;
  } while (length < gzip_magic.size());
  available_ = {input_.data(), length};
  return length != 0;
}

std::int64_t byte_source::unpacked_to() const noexcept {
  return unpacker_ ? position_ - static_cast<std::int64_t>(available_.size()) : position_;
}

double byte_source::used(double rest) const noexcept {
  const auto end = static_cast<double>(unpacked_to());
  return end - rest * (end - static_cast<double>(block_began_));
}

std::string_view byte_source::read() {
  if (ended_) return {};
  block_began_ = unpacked_to();
  if (!started_) {
    started_ = true;
    if (fill() && available_.starts_with(gzip_magic)) unpacker_ = std::make_unique<unpacker>();
    if (!unpacker_) return available_;
  }
  if (unpacker_) return unpack();
  fill();
  return available_;
}

/// True when another member follows in what is available.
bool byte_source::next_member() {
  while (!available_.empty() && available_.front() == '\0') available_.remove_prefix(1);
  if (available_.empty()) return false;
  if (available_.front() != gzip_magic.front()) {
    const auto place = position_ - static_cast<std::int64_t>(available_.size());
    fail("bytes that are no gzip follow the gzip data at byte " + std::to_string(place));
    return false;
  }
  inflateReset(&unpacker_->stream);
  unpacker_->between_members = false;
  return true;
}

std::string_view byte_source::unpack() {
  auto& stream = unpacker_->stream;
  stream.next_out = reinterpret_cast<Bytef*>(unpacker_->output.data());
  stream.avail_out = static_cast<uInt>(unpacker_->output.size());
  const auto produced = [&] { return unpacker_->output.size() - stream.avail_out; };
  while (stream.avail_out != 0 && !ended_) {
    if (available_.empty() && (produced() != 0 || !fill())) {
      if (produced() != 0) break;
      if (error_.empty() && !unpacker_->between_members && !interrupted_.load()) {
        fail("gzip data is truncated: it ends in the middle at byte " + std::to_string(position_));
      }
      break;
    }
    if (unpacker_->between_members && !next_member()) continue;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(available_.data()));
    stream.avail_in = static_cast<uInt>(available_.size());
    const int status = ::inflate(&stream, Z_NO_FLUSH);
    available_.remove_prefix(available_.size() - stream.avail_in);
    if (status == Z_STREAM_END) {
      unpacker_->between_members = true;
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      const auto place = position_ - static_cast<std::int64_t>(available_.size());
      fail("gzip data is damaged near byte " + std::to_string(place) + ": " +
           (stream.msg ? stream.msg : "unknown"));
    }
  }
  return {unpacker_->output.data(), produced()};
}

}  // namespace trading
