#include <ensue/conformance/flags.hpp>

#include <doctest/doctest.h>

#include <set>

namespace ensue::conformance {
namespace {

TEST_CASE("flags: a row each, a column a transport") {
  const std::string table = matrix({{.name = "one", .extends = true}, {.name = "two"}});
  CHECK(table.starts_with("| | one | two |\n|---|---|---|\n| groups | - | - |\n"));
  CHECK(table.find("\n| extends | yes | - |\n") != std::string::npos);
  CHECK(table.ends_with("\n| largest event | 1024 KiB | 1024 KiB |\n"));
}

TEST_CASE("flags: every truth value of the features has a row of its own") {
  std::set<std::string_view> names;
  transport_features all{};
  for (const flag& each : flags()) {
    names.insert(each.name);
    CHECK_FALSE(all.*each.is);  // no two rows share one
    all.*each.is = true;
    CHECK(flag_table().find(each.set) != std::string::npos);
  }
  CHECK(names.size() == 11);
  // One byte each, between the name and the size: a new flag without a row is found here.
  const auto* first = reinterpret_cast<const char*>(&all.groups);
  const auto* last = reinterpret_cast<const char*>(&all.skips_own);
  CHECK(static_cast<std::size_t>(last - first) + 1 == flags().size());
}

}  // namespace
}  // namespace ensue::conformance
