#include <ensue/reliability/dedupe_store.hpp>

#include <functional>

namespace ensue {

std::size_t dedupe_key_hash::operator()(const dedupe_key& k) const noexcept {
  const std::size_t source = std::hash<std::string_view>{}(k.source);
  const std::size_t id = std::hash<std::string_view>{}(k.id);
  return id ^ (source + 0x9e3779b97f4a7c15ULL + (id << 6U) + (id >> 2U));
}

memory_dedupe_store::memory_dedupe_store(const runtime& rt, dedupe_policy policy)
    : rt_{rt}, policy_{policy} {}

bool memory_dedupe_store::seen(const dedupe_key& key) {
  forget_old();
  return by_key_.contains(key);
}

task<> memory_dedupe_store::record(dedupe_key key) {
  remember(key, rt_.now());
  co_return;
}

void memory_dedupe_store::remember(const dedupe_key& key, time_point at) {
  forget_old();
  if (by_age_.size() >= policy_.entries_max) {
    ++evicted_early_;
    forget_oldest();
  }
  if (const auto older = by_key_.find(key); older != by_key_.end()) by_key_.erase(older);
  by_age_.push_back({std::string{key.source}, std::string{key.id}, at});
  by_key_.insert(&by_age_.back());
}

void memory_dedupe_store::forget_old() {
  const time_point now = rt_.now();
  while (!by_age_.empty() && saturating_add(by_age_.front().at, policy_.window) <= now)
    forget_oldest();
}

// A key that was recorded again stands in the table with its later entry.
void memory_dedupe_store::forget_oldest() {
  const entry& oldest = by_age_.front();
  if (const auto at = by_key_.find(&oldest); at != by_key_.end() && *at == &oldest)
    by_key_.erase(at);
  by_age_.pop_front();
}

}  // namespace ensue
