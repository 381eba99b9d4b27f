#pragma once

#include <ensue/base/result.hpp>

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace ensue {

/// A semantic version (SemVer 2.0.0), for schemas and contracts. Numbers are kept as digits: the
/// standard sets no bound. Compared by precedence (section 11): build metadata does not count, so
/// `1.0.0+a == 1.0.0+b`.
struct semantic_version {
  std::string major = "0", minor = "0", patch = "0";
  std::vector<std::string> prerelease;  ///< dot-separated identifiers
  std::string build;                    ///< metadata as written, without the `+`

  std::string text() const;
  /// errc::invalid for anything the grammar of section 2, 9 or 10 does not allow.
  static result<semantic_version> parse(std::string_view text);

  friend std::weak_ordering operator<=>(const semantic_version& a,
                                        const semantic_version& b) noexcept;
  friend bool operator==(const semantic_version& a, const semantic_version& b) noexcept {
    return (a <=> b) == 0;
  }
};

}  // namespace ensue
