// Rows measured in turn (A B C A B C ...) in one process, printed as one line of JSON for run.py.
#pragma once

#include "options.hpp"
#include "quiet.hpp"

#include <cstdio>
#include <functional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace bench {

using figures = std::vector<double>;  ///< one value per column of the table

/// One candidate. Without `run` it is a peer that is not installed.
struct row {
  std::string name;
  std::function<figures()> run;
  std::string missing;  ///< the package to install
};

inline row plain(std::string name, std::function<double()> run) {
  return {std::move(name), [run = std::move(run)] { return figures{run()}; }, {}};
}
inline row absent(std::string name, std::string package) {
  return {std::move(name), {}, std::move(package)};
}

struct table {
  std::string workload;
  std::string variant;  ///< "4 handlers", "batches of 64"
  std::string unit;
  bool lower_is_better = true;
  std::vector<std::string> columns{"value"};
  bool two_threads = false;  ///< wall time in quiet windows; else thread CPU time
};

struct outcome {
  std::vector<figures> samples;
  int retaken = 0;  ///< thrown away: others computed meanwhile
  int noisy = 0;    ///< kept although others computed: the retakes were used up
};

inline figures quiet_sample(const row& r, const options& o, outcome& out, int& retakes) {
  constexpr double threshold = 0.20;
  for (;;) {
    figures f;
    wait_quiet(o.quiet_wait_ms, threshold);
    const double load = foreign_load([&] { f = r.run(); });
    if (load <= threshold || o.tiny) return f;
    if (retakes == 0) {
      ++out.noisy;
      return f;
    }
    --retakes;
    ++out.retaken;
  }
}

inline void print_text(const char* key, const std::string& text) {
  std::printf("\"%s\":\"", key);
  for (char c : text) std::printf(c == '"' || c == '\\' ? "\\%c" : "%c", c);
  std::printf("\"");
}

inline void print_row(const row& r, const outcome& out) {
  std::printf("{");
  print_text("name", r.name);
  if (!r.run) {
    std::printf(",");
    print_text("missing", r.missing);
  }
  std::printf(",\"retaken\":%d,\"noisy\":%d,\"samples\":[", out.retaken, out.noisy);
  for (std::size_t i = 0; i < out.samples.size(); ++i) {
    std::printf(i ? ",[" : "[");
    for (std::size_t c = 0; c < out.samples[i].size(); ++c)
      std::printf(c ? ",%.6g" : "%.6g", out.samples[i][c]);
    std::printf("]");
  }
  std::printf("]}");
}

inline void print(const table& t, const std::vector<row>& rows, const std::vector<outcome>& out) {
  std::printf("{");
  print_text("workload", t.workload);
  std::printf(",");
  print_text("variant", t.variant);
  std::printf(",");
  print_text("unit", t.unit);
  std::printf(",\"lower_is_better\":%s", t.lower_is_better ? "true" : "false");
  std::printf(",\"two_threads\":%s,\"columns\":[", t.two_threads ? "true" : "false");
  for (std::size_t i = 0; i < t.columns.size(); ++i)
    std::printf(i ? ",\"%s\"" : "\"%s\"", t.columns[i].c_str());
  std::printf("],\"rows\":[");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i) std::printf(",");
    print_row(rows[i], out[i]);
  }
  std::printf("]}\n");
  std::fflush(stdout);
}

/// Warms every row up once, then takes `rounds` samples of each, in turn.
inline void measure(const table& t, const std::vector<row>& rows, const options& o) {
  std::vector<outcome> out(rows.size());
  int retakes = 3 * o.rounds;
  if (!o.tiny && !t.two_threads)
    for (const auto& r : rows)
      if (r.run) r.run();
  for (int k = 0; k < o.rounds; ++k)
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].run) continue;
      out[i].samples.push_back(t.two_threads ? quiet_sample(rows[i], o, out[i], retakes)
                                             : rows[i].run());
    }
  print(t, rows, out);
}

}  // namespace bench
