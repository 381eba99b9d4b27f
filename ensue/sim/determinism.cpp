#include <ensue/base/random.hpp>
#include <ensue/sim/determinism.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace ensue::sim {
namespace {

constexpr std::size_t entries_max = 1'000'000;
constexpr std::size_t lines_before = 5;

// Fills the allocator's free lists with blocks in shuffled order.
class salted_heap {
 public:
  salted_heap() {
    random_stream draw{0x5a17};
    for (int i = 0; i < 4000; ++i) {
      const auto size = static_cast<std::size_t>(8 + draw.below(504));
      blocks_.push_back(std::make_unique<char[]>(size));
      std::memset(blocks_.back().get(), i & 0xff, size);
    }
    for (std::size_t i = blocks_.size(); i > 1; --i)
      std::swap(blocks_[i - 1], blocks_[static_cast<std::size_t>(draw.below(i))]);
    blocks_.resize(blocks_.size() / 3);
  }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
};

// Fresh memory is filled with a byte, so that reading it before writing shows.
class filled_memory {
 public:
  explicit filled_memory(int byte) noexcept {
#if defined(__GLIBC__)
    mallopt(M_PERTURB, byte);
#else
    static_cast<void>(byte);
#endif
  }
  filled_memory(const filled_memory&) = delete;
  filled_memory& operator=(const filled_memory&) = delete;
  ~filled_memory() {
#if defined(__GLIBC__)
    mallopt(M_PERTURB, 0);
#endif
  }
};

struct run {
  std::uint64_t hash;
  std::deque<trace::entry> entries;
};

run record(const options& o, const scenario& s) {
  world w{o};
  w.history().keep(entries_max);
  try {
    s(w);
  } catch (const std::exception& e) {
    w.note(e.what());
  } catch (...) {
    w.note("an exception of an unknown type");
  }
  return {w.hash(), w.history().entries()};
}

std::string line(const run& r, std::size_t i) {
  return i < r.entries.size() ? r.entries[i].line() : "(had ended)";
}

std::string describe(const run& a, const run& b, std::size_t at, const options& o) {
  std::string out =
      "two runs of one seed differ from entry " + std::to_string(at) + " on (" + o.text() + ")\n";
  for (std::size_t i = at - std::min(at, lines_before); i < at; ++i)
    out += "  both:   " + line(a, i) + "\n";
  return out + "  first:  " + line(a, at) + "\n  second: " + line(b, at) + "\n";
}

}  // namespace

determinism check_determinism(const options& o, const scenario& s) {
  const run first = [&] {
    const filled_memory fill{0x15};
    return record(o, s);
  }();
  const run second = [&] {
    const filled_memory fill{0xe8};
    const salted_heap salt;
    return record(o, s);
  }();
  determinism d;
  d.hash = first.hash;
  d.same = first.hash == second.hash;
  if (d.same) return d;
  const auto differ = std::mismatch(first.entries.begin(), first.entries.end(),
                                    second.entries.begin(), second.entries.end(),
                                    [](const auto& x, const auto& y) { return x.hash == y.hash; });
  const auto at = static_cast<std::size_t>(differ.first - first.entries.begin());
  d.first_difference = at;
  d.report = describe(first, second, at, o);
  return d;
}

}  // namespace ensue::sim
