#include <ensue/app/audit_file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <tests/temporary_folder.hpp>

using namespace ensue;

TEST_CASE("a file that has become too long is replaced by one with what was kept") {
  const temporary_folder folder;
  const std::string path = folder.file("audit");
  const std::string reason(1000, 'x');
  const std::vector<audit_entry> kept{{"kept", "app", "loss limit", wall_time{}}};
  {
    audit_file file;
    REQUIRE(file.open(path).has_value());
    for (int i = 0; i < 1100; ++i)
      REQUIRE(file.append({"refused", "app", reason, wall_time{}}, kept));
  }
  CHECK(std::filesystem::file_size(path) < audit_file::size_max);
  CHECK(std::filesystem::exists(path + ".1"));
  audit_file again;
  const auto found = again.open(path);
  REQUIRE(found.has_value());
  CHECK_FALSE(found->damaged);
  CHECK(found->entries.front() == kept.front());
  CHECK(found->entries.back().verb == "refused");
}

TEST_CASE("what cannot be opened says why") {
  audit_file file;
  const auto opened = file.open("/no/such/folder/audit");
  REQUIRE(opened.has_error());
  CHECK(opened.error().value() == ENOENT);
  CHECK(file.append({}, {}).error() == errc::closed);
}
