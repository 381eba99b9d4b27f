#include <ensue/transport/sqlite/file_locks.hpp>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace ensue::sqlite {
namespace {

constexpr std::int64_t checkpoint_byte = 0;
constexpr std::int64_t first_member_byte = 1;

std::int64_t byte_of(std::uint64_t member) noexcept {
  return first_member_byte + static_cast<std::int64_t>(member);
}

struct flock lock_of(std::int64_t at, short kind) noexcept {
  struct flock l{};
  l.l_type = kind;
  l.l_whence = SEEK_SET;
  l.l_start = at;
  l.l_len = 1;
  return l;
}

}  // namespace

transport_result<std::unique_ptr<file_locks>> file_locks::open(const std::string& database_file) {
  const std::string path = database_file + "-lock";
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    const error_code why{errno, boost::system::system_category()};
    return transport_error{errc::refused, "sqlite:" + database_file + ": " + path + ": " +
                                              why.message() + "; its folder must be writable"};
  }
  return std::unique_ptr<file_locks>{new file_locks{fd}};
}

file_locks::~file_locks() { ::close(fd_); }

bool file_locks::set(std::int64_t at, short kind, bool wait) const noexcept {
  struct flock l = lock_of(at, kind);
  int rc = 0;
  do {
    rc = ::fcntl(fd_, wait ? F_OFD_SETLKW : F_OFD_SETLK, &l);
  } while (rc < 0 && errno == EINTR);
  return rc == 0;
}

void file_locks::writing(bool begin) noexcept {
  set(checkpoint_byte, begin ? F_RDLCK : F_UNLCK, true);
}

bool file_locks::checkpointing(bool patient) noexcept {
  return set(checkpoint_byte, F_WRLCK, patient);
}

void file_locks::checkpoint_done() noexcept { set(checkpoint_byte, F_UNLCK, false); }

void file_locks::hold_member(std::uint64_t member) noexcept {
  if (set(byte_of(member), F_WRLCK, false)) held_.insert(member);
}

void file_locks::drop_member(std::uint64_t member) noexcept {
  set(byte_of(member), F_UNLCK, false);
  held_.erase(member);
}

bool file_locks::member_lives(std::uint64_t member) const noexcept {
  if (held_.contains(member)) return true;  // the kernel tells of others' locks only
  struct flock l = lock_of(byte_of(member), F_WRLCK);
  return ::fcntl(fd_, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
}

}  // namespace ensue::sqlite
