#include <ensue/base/posix_disk.hpp>

#include <boost/system/system_category.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ensue {
namespace {

error_code last_error() { return {errno, boost::system::system_category()}; }

// Calls until it was not interrupted.
template <class Call>
auto uninterrupted(const Call& call) {
  auto done = call();
  while (done < 0 && errno == EINTR) done = call();
  return done;
}

class descriptor {
 public:
  explicit descriptor(int fd) noexcept : fd_{fd} {}
  descriptor(descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

class posix_lock final : public disk_lock {
 public:
  explicit posix_lock(descriptor fd) noexcept : fd_{std::move(fd)} {}

 private:
  descriptor fd_;
};

class posix_file final : public disk_file {
 public:
  explicit posix_file(descriptor fd) noexcept : fd_{std::move(fd)} {}

  result<> write(std::uint64_t offset, std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = uninterrupted([&] {
        return ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      });
      if (n < 0) return last_error();
      bytes.remove_prefix(static_cast<std::size_t>(n));
      offset += static_cast<std::uint64_t>(n);
    }
    return {};
  }

  result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    std::size_t total = 0;
    while (total < into.size()) {
      const ssize_t n = uninterrupted([&] {
        return ::pread(fd_.get(), into.data() + total, into.size() - total,
                       static_cast<off_t>(offset + total));
      });
      if (n < 0) return last_error();
      if (n == 0) break;
      total += static_cast<std::size_t>(n);
    }
    return total;
  }

  result<> truncate(std::uint64_t size) override {
    if (uninterrupted([&] { return ::ftruncate(fd_.get(), static_cast<off_t>(size)); }) != 0)
      return last_error();
    return {};
  }

  result<> sync() override {
    // Not called again after EINTR: a second call would report success for what the first lost.
    if (::fdatasync(fd_.get()) != 0) return last_error();
    return {};
  }

  result<std::uint64_t> size() override {
    struct stat found{};
    if (::fstat(fd_.get(), &found) != 0) return last_error();
    return static_cast<std::uint64_t>(found.st_size);
  }

 private:
  descriptor fd_;
};

int open_flags(open_mode mode) {
  switch (mode) {
    case open_mode::read: return O_RDONLY | O_CLOEXEC;
    case open_mode::write: return O_RDWR | O_CLOEXEC;
    case open_mode::replace: break;
  }
  return O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
}

result<descriptor> open_descriptor(const std::string& path, int flags) {
  descriptor fd{uninterrupted([&] { return ::open(path.c_str(), flags, 0600); })};
  if (fd.get() < 0) return last_error();
  return fd;
}

}  // namespace

result<std::unique_ptr<disk_file>> posix_disk::open(const std::string& path, open_mode mode) {
  auto fd = open_descriptor(path, open_flags(mode));
  if (!fd) return fd.error();
  struct stat found{};
  if (::fstat(fd->get(), &found) != 0) return last_error();
  if (!S_ISREG(found.st_mode)) return make_error_code(boost::system::errc::invalid_argument);
  return std::unique_ptr<disk_file>{std::make_unique<posix_file>(std::move(*fd))};
}

result<std::unique_ptr<disk_lock>> posix_disk::lock(const std::string& path) {
  auto fd = open_descriptor(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC);
  if (!fd) return fd.error();
  if (uninterrupted([&] { return ::flock(fd->get(), LOCK_EX | LOCK_NB); }) != 0)
    return errno == EWOULDBLOCK ? make_error_code(errc::exists) : last_error();
  return std::unique_ptr<disk_lock>{std::make_unique<posix_lock>(std::move(*fd))};
}

result<bool> posix_disk::exists(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) == 0) return true;
  if (errno == ENOENT) return false;
  return {boost::system::in_place_error, last_error()};
}

result<std::vector<std::string>> posix_disk::list(const std::string& folder) {
  DIR* const d = ::opendir(folder.c_str());
  if (!d) return last_error();
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(d)) {
    struct stat found{};
    if (::fstatat(::dirfd(d), entry->d_name, &found, 0) == 0 && S_ISREG(found.st_mode))
      names.emplace_back(entry->d_name);
    errno = 0;
  }
  const int failed = errno;
  ::closedir(d);
  if (failed != 0) return error_code{failed, boost::system::system_category()};
  std::sort(names.begin(), names.end());
  return names;
}

result<> posix_disk::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0) return last_error();
  return {};
}

result<> posix_disk::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return last_error();
  return {};
}

result<> posix_disk::sync_directory(const std::string& folder) {
  auto fd = open_descriptor(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (!fd) return fd.error();
  if (::fsync(fd->get()) != 0) return last_error();
  return {};
}

}  // namespace ensue
