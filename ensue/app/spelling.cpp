#include <ensue/app/spelling.hpp>

#include <algorithm>

namespace ensue {

std::size_t letters_apart(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t k = 0; k <= b.size(); ++k) d[0][k] = k;
  for (std::size_t i = 1; i <= a.size(); ++i)
    for (std::size_t k = 1; k <= b.size(); ++k) {
      const bool same = a[i - 1] == b[k - 1];
      d[i][k] = std::min({d[i - 1][k] + 1, d[i][k - 1] + 1, d[i - 1][k - 1] + (same ? 0 : 1)});
      if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
        d[i][k] = std::min(d[i][k], d[i - 2][k - 2] + 1);
    }
  return d[a.size()][b.size()];
}

std::string suggestion(std::string_view written, const std::vector<std::string>& names) {
  const std::string* best = nullptr;
  std::size_t distance = std::max<std::size_t>(2, written.size() / 4) + 1;
  for (const std::string& n : names) {
    const std::size_t apart = letters_apart(written, n);
    if (apart < distance) {
      distance = apart;
      best = &n;
    }
  }
  return best ? "; did you mean \"" + *best + "\"?" : "";
}

}  // namespace ensue
