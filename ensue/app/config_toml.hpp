#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace ensue {

/// One value of a TOML file with its dotted key and its line.
struct toml_leaf {
  std::string key;
  std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>> content;
  std::size_t line = 0;
};

struct toml_document {
  std::vector<toml_leaf> leaves{};
  std::vector<std::string> problems{};  ///< "shop.toml:3: what is wrong"
};

/// Reads a TOML 1.0 file. Lists may hold texts only; dates are no values here.
toml_document read_toml(const std::string& file);

}  // namespace ensue
