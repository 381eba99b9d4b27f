#include <ensue/testing/shrink.hpp>

#include <algorithm>
#include <vector>

namespace ensue::testing {
namespace {

constexpr std::size_t last_steps = 50;

class shrinker {
 public:
  shrinker(const scenario& s, run_options o, std::uint64_t runs_max)
      : scenario_{s}, options_{std::move(o)}, runs_max_{runs_max} {
    options_.keep_trace = last_steps;
    result_.last = run_once(scenario_, options_);
    ENSUE_ASSERT(result_.last.why, "only a failing run can be made smaller");
    broken_ = result_.last.broken;
    result_.left = result_.last.happened;
    result_.faults_before = result_.left.faults.size();
  }

  shrunk run() {
    take_faults_away();
    while (make_sizes_smaller()) take_faults_away();
    return std::move(result_);
  }

 private:
  bool still_fails(const run_edits& edits) {
    if (result_.runs >= runs_max_) return false;
    ++result_.runs;
    options_.edits = edits;
    outcome o = run_once(scenario_, options_);
    if (!o.why || o.broken != broken_) return false;
    result_.last = std::move(o);
    result_.left = result_.last.happened;  // some of what was allowed may not have happened
    return true;
  }

  void take_faults_away() {
    for (std::size_t chunk = std::max<std::size_t>(result_.left.faults.size(), 1); chunk > 0;) {
      chunk = take_chunks_away(chunk) && chunk > 1 ? chunk : chunk / 2;
    }
  }

  bool take_chunks_away(std::size_t chunk) {
    bool any = false;
    std::vector<std::string> all{result_.left.faults.begin(), result_.left.faults.end()};
    for (std::size_t begin = 0; begin < all.size();) {
      run_edits fewer = result_.left;
      for (std::size_t i = begin; i < std::min(begin + chunk, all.size()); ++i)
        fewer.faults.erase(all[i]);
      if (still_fails(fewer)) {
        any = true;
        all.assign(result_.left.faults.begin(), result_.left.faults.end());
      } else {
        begin += chunk;
      }
    }
    return any;
  }

  bool make_sizes_smaller() {
    bool any = false;
    const auto sizes = result_.left.sizes;
    for (const auto& [name, value] : sizes) {
      for (std::uint64_t smaller = 0; smaller < value; smaller += (value - smaller + 1) / 2) {
        run_edits fewer = result_.left;
        if (fewer.sizes[name] <= smaller) break;
        fewer.sizes[name] = smaller;
        if (!still_fails(fewer)) continue;
        any |= result_.left.sizes[name] < value;
        break;
      }
    }
    return any;
  }

  const scenario& scenario_;
  run_options options_;
  std::uint64_t runs_max_;
  std::string broken_;
  shrunk result_;
};

}  // namespace

std::string shrunk::report() const {
  std::string out = "made smaller in " + std::to_string(runs) + " runs, from " +
                    std::to_string(faults_before) + " faults to " +
                    std::to_string(left.faults.size()) + "; each of these is needed:\n";
  for (const std::string& id : left.faults) out += "  " + id + "\n";
  for (const auto& [name, value] : left.sizes)
    out += "  " + name + "=" + std::to_string(value) + "\n";
  out += "then: " + last.why.value_or("no failure") + "\nlast steps:\n";
  for (const std::string& line : last.trace) out += "  " + line + "\n";
  return out;
}

shrunk shrink(const scenario& s, run_options failing, std::uint64_t runs_max) {
  return shrinker{s, std::move(failing), runs_max}.run();
}

}  // namespace ensue::testing
