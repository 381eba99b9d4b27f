#include <ensue/transport/sqlite/file_locks.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <tests/temporary_folder.hpp>

namespace ensue::sqlite {
namespace {

TEST_CASE("sqlite locks: a member lives as long as its process holds it") {
  const temporary_folder folder;
  auto a = file_locks::open(folder.file("a.db")).value();
  const auto b = file_locks::open(folder.file("a.db")).value();
  a->hold_member(7);
  CHECK(b->member_lives(7));
  CHECK_FALSE(b->member_lives(8));
  a->drop_member(7);
  CHECK_FALSE(b->member_lives(7));
  a->hold_member(9);
  a.reset();  // as when its process dies
  CHECK_FALSE(b->member_lives(9));
}

TEST_CASE("sqlite locks: writers exclude a checkpoint, not each other") {
  const temporary_folder folder;
  const auto a = file_locks::open(folder.file("a.db")).value();
  const auto b = file_locks::open(folder.file("a.db")).value();
  const auto c = file_locks::open(folder.file("a.db")).value();
  a->writing(true);
  b->writing(true);
  CHECK_FALSE(c->checkpointing(false));
  a->writing(false);
  CHECK_FALSE(c->checkpointing(false));
  b->writing(false);
  CHECK(c->checkpointing(false));
  CHECK_FALSE(a->checkpointing(false));
  c->checkpoint_done();
  CHECK(a->checkpointing(false));
}

TEST_CASE("sqlite locks: a folder that cannot be written is named") {
  const auto none = file_locks::open("/proc/none/a.db");
  REQUIRE(none.has_error());
  CHECK(none.error().text().find("/proc/none/a.db-lock") != std::string::npos);
}

}  // namespace
}  // namespace ensue::sqlite
