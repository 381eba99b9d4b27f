#include <ensue/base/random.hpp>

#include <bit>

namespace ensue {
namespace {

std::uint64_t splitmix(std::uint64_t& x) noexcept {
  x += 0x9e3779b97f4a7c15ull;
  std::uint64_t z = x;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

// FNV-1a, so that a stream depends on its name and nothing else.
std::uint64_t hash(std::string_view text) noexcept {
  std::uint64_t h = 0xcbf29ce484222325ull;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  return h;
}

}  // namespace

random_stream::random_stream(std::uint64_t seed) noexcept {
  for (auto& word : state_) word = splitmix(seed);
}

random_stream::random_stream(std::uint64_t seed, std::string_view name) noexcept
    : random_stream(seed ^ hash(name)) {}

std::uint64_t random_stream::next() noexcept {
  const std::uint64_t value = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return value;
}

std::uint64_t random_stream::below(std::uint64_t n) noexcept {
  __extension__ using wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<wide>(next()) * n) >> 64);
}

double random_stream::unit() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

}  // namespace ensue
