#include <ensue/reliability/lease_store.hpp>

namespace ensue {

lease_table::held* lease_table::find(std::string_view name, time_point now) {
  const auto at = leases_.find(name);
  if (at == leases_.end()) return nullptr;
  if (now < at->second.until) return &at->second;
  leases_.erase(at);
  return nullptr;
}

bool lease_table::has_room(time_point now) {
  if (leases_.size() < leases_max_) return true;
  std::erase_if(leases_, [now](const auto& l) { return l.second.until <= now; });
  return leases_.size() < leases_max_;
}

result<lease_grant> lease_table::acquire(std::string_view name, std::string_view owner,
                                         duration ttl, time_point now) {
  if (name.empty() || ttl <= duration::zero()) return errc::invalid;
  held* at = find(name, now);
  if (at && at->owner != owner) return errc::unavailable;
  if (!at) {
    if (!has_room(now)) return errc::full;
    at = &leases_[std::string{name}];
    at->owner = owner;
  }
  at->token = ++last_token_;
  at->until = saturating_add(now, ttl);
  return lease_grant{at->token, ttl};
}

result<> lease_table::renew(std::string_view name, std::uint64_t token, duration ttl,
                            time_point now) {
  held* const at = find(name, now);
  if (!at || at->token != token) return errc::refused;
  at->until = std::max(at->until, saturating_add(now, ttl));
  return {};
}

result<> lease_table::release(std::string_view name, std::uint64_t token, time_point now) {
  const held* const at = find(name, now);
  if (!at || at->token != token) return errc::refused;
  leases_.erase(leases_.find(name));
  return {};
}

std::optional<lease_table::held> lease_table::holder(std::string_view name, time_point now) const {
  const auto at = leases_.find(name);
  if (at == leases_.end() || at->second.until <= now) return std::nullopt;
  return at->second;
}

task<result<lease_grant>> memory_lease_store::acquire(std::string name, std::string owner,
                                                      duration ttl) {
  co_return table_.acquire(name, owner, ttl, rt_.now());
}

task<result<>> memory_lease_store::renew(std::string name, std::uint64_t token, duration ttl) {
  co_return table_.renew(name, token, ttl, rt_.now());
}

task<result<>> memory_lease_store::release(std::string name, std::uint64_t token) {
  co_return table_.release(name, token, rt_.now());
}

}  // namespace ensue
