// A peer in another language: run.py finds or builds it and hands its command in.
#pragma once

#include "table.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace bench {

/// Runs `command arguments`; the child prints `columns` numbers and exits with 0.
inline figures run_child(const std::string& name, const std::string& command, std::size_t columns) {
  std::FILE* pipe = popen(command.c_str(), "r");
  figures out(columns, 0.0);
  std::size_t got = 0;
  while (pipe && got < columns && std::fscanf(pipe, "%lf", &out[got]) == 1) ++got;
  const int status = pipe ? pclose(pipe) : -1;
  if (got == columns && status == 0) return out;
  std::fprintf(stderr, "%s: `%s` failed (status %d, %zu of %zu figures)\n", name.c_str(),
               command.c_str(), status, got, columns);
  std::_Exit(3);
}

inline void add_children(std::vector<row>& rows, const options& o, const std::string& arguments,
                         std::size_t columns = 1) {
  for (const auto& c : o.children) {
    if (c.command.empty()) {
      rows.push_back(absent(c.name, c.missing));
      continue;
    }
    const auto command = c.command + " " + arguments;
    const auto name = c.name;
    rows.push_back({name, [=] { return run_child(name, command, columns); }, {}});
  }
}

}  // namespace bench
