#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace trading {

/// A ticker of at most 15 characters, held in place: copying an event allocates nothing for it.
class symbol {
 public:
  static constexpr std::size_t length_max = 15;

  constexpr symbol() = default;
  /// Empty when `text` is longer than `length_max`.
  constexpr explicit symbol(std::string_view text) noexcept {
    if (text.size() > length_max) return;
    for (std::size_t n = 0; n < text.size(); ++n) text_[n] = text[n];
    text_[length_max] = static_cast<char>(text.size());
  }

  constexpr std::string_view text() const noexcept {
    return {text_.data(), static_cast<std::size_t>(text_[length_max])};
  }
  constexpr bool empty() const noexcept { return text_[length_max] == 0; }

  friend constexpr auto operator<=>(const symbol&, const symbol&) = default;
  friend constexpr bool operator==(const symbol&, const symbol&) = default;

 private:
  std::array<char, length_max + 1> text_{};
};

struct symbol_hash {
  std::size_t operator()(const symbol& s) const noexcept {
    return std::hash<std::string_view>{}(s.text());
  }
};

/// One `T` per symbol, iterated in the order the symbols first appeared. The symbol of the event
/// before is found without hashing: feeds repeat themselves.
template <class T>
class per_symbol {
 public:
  T& operator[](const symbol& key) {
    if (last_ < entries_.size() && entries_[last_].first == key) return entries_[last_].second;
    const auto [place, added] = index_.try_emplace(key, entries_.size());
    if (added) entries_.emplace_back(key, T{});
    last_ = place->second;
    return entries_[last_].second;
  }
  const T* find(const symbol& key) const {
    const auto place = index_.find(key);
    return place == index_.end() ? nullptr : &entries_[place->second].second;
  }

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  auto begin() { return entries_.begin(); }
  auto end() { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }

 private:
  std::vector<std::pair<symbol, T>> entries_;
  std::unordered_map<symbol, std::size_t, symbol_hash> index_;
  std::size_t last_ = 0;
};

}  // namespace trading
