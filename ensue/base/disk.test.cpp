#include <ensue/base/disk.hpp>

#include <boost/system/errc.hpp>
#include <doctest/doctest.h>

using namespace ensue;

TEST_CASE("the folder of a path") {
  CHECK(folder_of("a/b/c.journal") == "a/b");
  CHECK(folder_of("c.journal") == ".");
  CHECK(folder_of("/c.journal") == "/");
}

TEST_CASE("the text of a disk error names the path") {
  const error_code full = make_error_code(boost::system::errc::no_space_on_device);
  CHECK(disk_error_text("a.journal", full) == "a.journal: No space left on device");
  CHECK(disk_error_text("a.journal", errc::exists) ==
        "a.journal: in use by another process or owner");
}
