#pragma once

#include <ensue/base/disk.hpp>

namespace ensue {

/// The machine's file system. Files are made with mode 0600; interrupted and short calls are
/// carried on; `sync` is fdatasync, locks are flock. Has no state: any number of them are one.
class posix_disk final : public disk {
 public:
  result<std::unique_ptr<disk_file>> open(const std::string& path, open_mode mode) override;
  result<std::unique_ptr<disk_lock>> lock(const std::string& path) override;
  result<bool> exists(const std::string& path) override;
  result<std::vector<std::string>> list(const std::string& folder) override;
  result<> remove(const std::string& path) override;
  result<> rename(const std::string& from, const std::string& to) override;
  result<> sync_directory(const std::string& folder) override;
};

}  // namespace ensue
