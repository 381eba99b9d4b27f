#pragma once

#include <ensue/event/cloud_event.hpp>
#include <ensue/transport/sqlite/statement.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace ensue::sqlite {

/// How an event lies in a row. `id`: 16 bytes when it is a UUID in its usual text, else the text.
/// `key`: its `partitionkey`. `attributes`: a line `name=value` for each of the rest, in order;
/// `partitionkey` alone on its line stands for the key. `crc`: CRC-32C of all of it.

/// The attributes as text; empty: there are none.
std::string attributes_text(const cloud_event& e);
/// The other way round. False: it is no such text.
bool read_attributes(std::string_view text, std::string_view key, cloud_event& to);

/// Columns for `read_event`, from `first` on.
inline constexpr std::string_view event_columns = "id,source,type,key,time,attributes,data,crc";

/// Binds ?1 to ?8. What it refers to: `e`, and itself. One at a time.
class event_binding {
 public:
  void bind(statement& s, const cloud_event& e);

 private:
  std::string attributes_;
  std::string id_;
};

/// False: the row is damaged; what could be read is in `to`.
bool read_event(const statement& s, int first, cloud_event& to);

}  // namespace ensue::sqlite
