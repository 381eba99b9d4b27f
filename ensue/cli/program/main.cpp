// house: allow test, because it only calls cli::run, which has one
#include <ensue/base/posix_disk.hpp>
#include <ensue/cli/dead_letters.hpp>

#include <exception>
#include <iostream>
#include <string_view>
#include <unistd.h>
#include <vector>

int main(int argc, char** argv) try {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  ensue::posix_disk files;
  const ensue::cli::surroundings with{files, std::cout, std::cerr, ::isatty(STDOUT_FILENO) == 1};
  const int code = ensue::cli::run(words, with);
  std::cout.flush();
  return std::cout ? code : ensue::cli::failed;
} catch (const std::exception& e) {
  std::cerr << "ensue: " << e.what() << '\n';
  return ensue::cli::failed;
}
