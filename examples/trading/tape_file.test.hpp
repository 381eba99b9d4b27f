#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <unistd.h>

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
