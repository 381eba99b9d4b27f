#include <ensue/async/loop_runtime.hpp>
#include <ensue/testing/shrink.hpp>
#include <ensue/testing/sim_arguments.hpp>
#include <ensue/testing/sim_main.hpp>
#include <ensue/testing/sim_report.hpp>

#include <cstdio>
#include <unistd.h>

namespace ensue::testing {
namespace {

void write(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

class program {
 public:
  program(sim_arguments a, std::string command)
      : arguments_{std::move(a)}, command_{std::move(command)}, live_{::isatty(2) == 1} {}

  bool run(const scenario& s) {
    const bool found_all = !arguments_.bugs || find_bugs(s);
    return found_all && (arguments_.bugs || search(s, arguments_.plant));
  }

 private:
  bool find_bugs(const scenario& s) {
    bool all = true;
    for (const planted_bug& bug : s.bugs) all = !search(s, bug.name) && all;
    return all;
  }

  search_options wishes(const scenario& s, const std::string& planted, time_point began) {
    search_options o{.seeds = arguments_.seeds,
                     .first_seed = arguments_.first_seed,
                     .planted = planted,
                     .edits = arguments_.faults,
                     .last_steps = arguments_.trace};
    o.replay = [this, &s, planted](std::uint64_t seed) { return again(s, planted, seed); };
    if (live_)
      o.progress = [this, &s, planted, began](const search_result& so_far) {
        show(sim_report{s.name, planted, so_far, clock_.now() - began});
      };
    return o;
  }

  /// True when no seed failed.
  bool search(const scenario& s, const std::string& planted) {
    const time_point began = clock_.now();
    const search_result found = search_seeds(s, wishes(s, planted, began));
    const sim_report report{s.name, planted, found, clock_.now() - began};
    if (live_) write(stderr, "\r\033[K");
    if (arguments_.json) {
      write(stdout, report.json() + "\n");
      return found.ok();
    }
    write(stdout, report.line() + "\n" + report.sites());
    if (found.ok()) return true;
    if (!arguments_.bugs) write(stdout, "\n" + found.report + "\n");
    if (arguments_.shrink) make_smaller(s, planted, *found.failing_seed);
    return false;
  }

  void make_smaller(const scenario& s, const std::string& planted, std::uint64_t seed) {
    const shrunk small = shrink(s, {.seed = seed, .planted = planted, .edits = arguments_.faults});
    write(stdout, "\n" + small.report() + "again:  " + again(s, planted, seed) + " --faults '" +
                      small.left.text() + "'\n");
  }

  std::string again(const scenario& s, const std::string& planted, std::uint64_t seed) const {
    return command_ + " --only '" + s.name + "' --seed " + std::to_string(seed) +
           (planted.empty() ? "" : " --plant '" + planted + "'");
  }

  void show(const sim_report& r) {
    const time_point now = clock_.now();
    if (now - shown_ < std::chrono::milliseconds{200}) return;
    shown_ = now;
    write(stderr, "\r\033[K" + r.line().substr(0, r.line().rfind(':')));
  }

  sim_arguments arguments_;
  std::string command_;
  bool live_;
  loop_runtime clock_;
  time_point shown_{};
};

void list(const std::vector<scenario>& all) {
  for (const scenario& s : all) {
    write(stdout, s.name + "  " + s.says + "\n");
    for (const planted_bug& bug : s.bugs)
      write(stdout, "    bug " + bug.name + (bug.says.empty() ? "" : ": " + bug.says) + "\n");
  }
}

bool knows(const scenario& s, const std::string& bug) {
  for (const planted_bug& known : s.bugs)
    if (known.name == bug) return true;
  return bug.empty();
}

}  // namespace

int sim_main(int argc, char** argv, const std::vector<scenario>& all, std::string_view command) {
  const std::string name{command.empty() ? argv[0] : command};
  const sim_arguments a = read_arguments({argv + 1, static_cast<std::size_t>(argc - 1)});
  if (a.help) return write(stdout, name + " " + std::string{sim_arguments::usage()}), 0;
  if (!a.problem.empty()) return write(stderr, name + ": " + a.problem + "\n"), 2;
  if (a.list) return list(all), 0;
  program p{a, name};
  bool good = true, any = false;
  for (const scenario& s : all) {
    if (!a.only.empty() && s.name != a.only) continue;
    any = true;
    if (!knows(s, a.plant))
      return write(stderr, name + ": " + s.name + " has no bug '" + a.plant + "'; see --list\n"), 2;
    good = p.run(s) && good;
  }
  if (!any) return write(stderr, name + ": no scenario '" + a.only + "'; see --list\n"), 2;
  return good ? 0 : 1;
}

}  // namespace ensue::testing
