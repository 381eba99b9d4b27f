#pragma once

#include <ensue/async/runtime.hpp>
#include <ensue/base/random.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ensue::sim {

/// How often one fault site was passed, and how often it fired.
struct site_count {
  std::uint64_t reached = 0;
  std::uint64_t fired = 0;
  bool active = false;  ///< in this run
};

/// The fault sites of one run: each is active with a probability, drawn from the seed and its
/// name; an active one fires with another. FoundationDB's BUGGIFY has 25 % and 25 %, as here.
class fault_sites final : public fault_source {
 public:
  struct options {
    unsigned active_permille = 250;
    unsigned fires_permille = 250;
  };
  explicit fault_sites(std::uint64_t seed) : fault_sites{seed, options{}} {}
  fault_sites(std::uint64_t seed, options o) : seed_{seed}, options_{o}, draw_{seed, "buggify"} {}

  bool fires(std::string_view place) override;
  /// From now on nothing fires; the sites still count.
  void stop() noexcept { stopped_ = true; }
  void resume() noexcept { stopped_ = false; }
  /// Called before a site fires; false: it does not. Also the place to note it.
  std::function<bool(std::string_view place)> admit{};

  /// By name of the site.
  const std::map<std::string, site_count, std::less<>>& counts() const noexcept { return sites_; }

 private:
  site_count& site(std::string_view place);

  std::uint64_t seed_;
  options options_;
  random_stream draw_;
  bool stopped_ = false;
  std::map<std::string, site_count, std::less<>> sites_;
};

}  // namespace ensue::sim
