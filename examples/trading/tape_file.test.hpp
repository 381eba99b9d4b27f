#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>
#include <zlib.h>

/// For the tests: `plain` as one gzip member.
inline std::string gzip_of(std::string_view plain) {
  z_stream s{};
  deflateInit2(&s, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&s, plain.size()) + 64, '\0');
  s.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  s.avail_in = static_cast<uInt>(plain.size());
  s.next_out = reinterpret_cast<Bytef*>(packed.data());
  s.avail_out = static_cast<uInt>(packed.size());
  deflate(&s, Z_FINISH);
  packed.resize(s.total_out);
  deflateEnd(&s);
  return packed;
}

/// For the tests: a file that is gone with its owner.
class tape_file {
 public:
  explicit tape_file(std::string_view content) {
    const int descriptor = ::mkstemp(path_.data());
    ok_ = descriptor >= 0 && ::write(descriptor, content.data(), content.size()) ==
                                 static_cast<ssize_t>(content.size());
    ::close(descriptor);
  }
  ~tape_file() { ::unlink(path_.c_str()); }
  tape_file(const tape_file&) = delete;
  tape_file& operator=(const tape_file&) = delete;

  const std::string& path() const { return path_; }
  bool ok() const { return ok_; }

 private:
  std::string path_ = std::filesystem::temp_directory_path() / "ensue-tape-XXXXXX";
  bool ok_ = false;
};
