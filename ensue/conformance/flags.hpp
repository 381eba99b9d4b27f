#pragma once

#include <ensue/transport/features.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ensue::conformance {

/// One of the truth values of transport_features.
struct flag {
  std::string_view name;
  bool transport_features::* is;
  std::string_view set;    ///< what it means to a user when it is there
  std::string_view clear;  ///< and when it is not
};

/// All of them, in the order of the struct.
std::span<const flag> flags() noexcept;

/// A table in Markdown: a row a flag, a column a transport, and the largest event.
std::string matrix(const std::vector<transport_features>& transports);
/// Another: what each flag means.
std::string flag_table();

}  // namespace ensue::conformance
