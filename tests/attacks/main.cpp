// ensue_attacks [--full] [--only A-01] [--figures FILE]: one line an attack, one JSON line each in
// FILE. Exit code: 0 all held, 1 one did not, 2 wrong usage.
#include "attack.hpp"

#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <malloc.h>
#include <stdexcept>

namespace ensue::attacks {

void attack::require(bool holds, const std::string& what) const {
  if (!holds) throw std::runtime_error(what);
}

void attack::require_settled(const bus& b, const std::string& where) const {
  const ledger all = b.total();
  require(all.balanced(), where + ": " + all.text());
  require(all.in_flight() == 0, where + ": events are left: " + all.text());
}

std::int64_t heap_bytes() {
  const auto info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
}

std::int64_t peak_bytes() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6)) * 1024;
  return 0;
}

void reset_peak() { std::ofstream{"/proc/self/clear_refs"} << "5"; }

namespace {

struct entry {
  const char* row;
  const char* title;
  void (*run)(attack&);
};
constexpr entry all[] = {
    {"A-01", "a poison message among good ones", &a01_poison},
    {"A-02", "a handler never returns", &a02_stuck},
    {"A-03", "a handler throws anything", &a03_throws},
    {"A-04", "a handler destroys what it runs in", &a04_destroys},
    {"A-05", "very many subscriptions, topics, patterns", &a05_many},
    {"A-06", "a storm into a bound", &a06_storm},
    {"A-07", "a giant event", &a07_giant},
    {"A-10", "subscriptions come and go", &a10_leaks},
};

struct arguments {
  bool full = false;
  std::string only, figures;
};

bool run(const entry& e, const arguments& args, std::ofstream& out) {
  attack a{args.full};
  std::string failed;
  try {
    e.run(a);
  } catch (const std::exception& error) {
    failed = error.what();
  }
  std::string text, json;
  for (const figure& f : a.figures()) {
    char value[64];
    std::snprintf(value, sizeof value, "%.6g", f.value);
    text += "  " + f.name + " " + value + (f.unit.empty() ? "" : " " + f.unit);
    json += (json.empty() ? "" : ",") + std::string{"{\"name\":\""} + f.name +
            "\",\"value\":" + value + ",\"unit\":\"" + f.unit + "\"}";
  }
  std::printf("%s  %s: %s%s\n", e.row, e.title,
              failed.empty() ? "held" : "BROKEN: ", failed.empty() ? text.c_str() : failed.c_str());
  std::fflush(stdout);
  if (out.is_open())
    out << "{\"row\":\"" << e.row << "\",\"held\":" << (failed.empty() ? "true" : "false")
        << ",\"full\":" << (args.full ? "true" : "false") << ",\"figures\":[" << json << "]}\n";
  return failed.empty();
}

}  // namespace
}  // namespace ensue::attacks

int main(int argc, char** argv) {
  using namespace ensue::attacks;
  arguments args;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--full") {
      args.full = true;
    } else if (arg == "--only" && i + 1 < argc) {
      args.only = argv[++i];
    } else if (arg == "--figures" && i + 1 < argc) {
      args.figures = argv[++i];
    } else {
      std::fprintf(stderr, "usage: %s [--full] [--only A-01] [--figures FILE]\n", argv[0]);
      return 2;
    }
  }
  std::ofstream out;
  if (!args.figures.empty()) out.open(args.figures);
  bool held = true, found = false;
  for (const entry& e : all) {
    if (!args.only.empty() && args.only != e.row) continue;
    found = true;
    held = run(e, args, out) && held;
  }
  if (!found) std::fprintf(stderr, "there is no attack %s\n", args.only.c_str());
  return !found ? 2 : held ? 0 : 1;
}
