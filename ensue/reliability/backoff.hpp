#pragma once

#include <ensue/base/clock.hpp>
#include <ensue/base/random.hpp>

namespace ensue {

/// How long to wait before the next attempt: `base`, then `factor` times more each time, at most
/// `cap`, each wait multiplied by a number drawn between `jitter_min` and `jitter_max` so that
/// those who failed together do not come back together. The cap holds before the jitter.
struct backoff {
  duration base = std::chrono::milliseconds{200};
  duration cap = std::chrono::seconds{2};
  double factor = 2.0;
  double jitter_min = 0.5;
  double jitter_max = 1.5;

  /// The wait after `failed` attempts (1: the first has failed). One draw from `random`.
  duration after(unsigned failed, random_stream& random) const;
  /// The longest that `after` may return.
  duration longest(unsigned failed) const noexcept;
};

}  // namespace ensue
