#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/transport/sqlite/connection.hpp>
#include <ensue/transport/sqlite/log_rows.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ensue::sqlite {

struct options {
  std::string file{};
  sqlite::synchronous synchronous = sqlite::synchronous::full;
  bool adopt = false;  ///< a database with tables of yours may be used
  duration busy_wait = std::chrono::seconds{5};
  std::uint64_t bytes_max = 0;  ///< of the file: then errc::full; 0: the disk's
  retention keep{};
  duration trim_every = std::chrono::seconds{10};
  /// How soon it is noticed that another process has published or settled. Looked at only while a
  /// consumer here waits; a look costs some 20 µs of an offload thread.
  duration look_every = std::chrono::milliseconds{20};
  std::size_t waiting_bytes_max = std::size_t{32} << 20;  ///< published and not committed
};

/// Reads `sqlite:shop.db`, `sqlite:///var/lib/shop.db?synchronous=normal&bytes_max=1000000000`.
/// Names after `?`: those of the options. Errors: errc::invalid: the text names what.
transport_result<options> options_of(std::string_view url);

}  // namespace ensue::sqlite
