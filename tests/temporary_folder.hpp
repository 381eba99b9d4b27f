#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace ensue {

/// An empty folder that is gone, with all in it, with its owner.
class temporary_folder {
 public:
  temporary_folder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const { return path_; }
  /// The path of a file of that name in it.
  std::string file(std::string_view name) const { return path_ + "/" + std::string{name}; }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "ensue-XXXXXX").string();
};

/// A file with `text` in it, in a folder of its own.
class temporary_file {
 public:
  explicit temporary_file(std::string_view text) { std::ofstream{path()} << text; }
  std::string path() const { return folder_.file("shop.toml"); }

 private:
  temporary_folder folder_;
};

}  // namespace ensue
