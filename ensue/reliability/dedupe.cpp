#include <ensue/reliability/dedupe.hpp>

namespace ensue {

struct dedupe::work_in_hand {
  explicit work_in_hand(const dedupe_key& k) : source{k.source}, id{k.id} {}
  dedupe_key key() const noexcept { return {source, id}; }
  std::string source, id;
  work_list copies;
};

// The claim is in the frame before it wakes: a copy that is destroyed then hands it on.
struct dedupe::waiting_copy : wait_or_throw {
  waiting_copy(dedupe& d, work_list& copies, claim& into) noexcept
      : wait_or_throw{copies, d.rt_, d.name_}, got{into} {}
  claim& got;
};

dedupe::dedupe(runtime& rt, dedupe_policy policy, dedupe_store& store, const char* name)
    : rt_{rt}, policy_{policy}, store_{&store}, name_{name} {
  ENSUE_ASSERT(policy.on() && !policy.wrong(), "the policy is off or wrong");
}

dedupe::dedupe(runtime& rt, dedupe_policy policy, const char* name)
    : rt_{rt},
      policy_{policy},
      own_{std::make_unique<memory_dedupe_store>(rt, policy)},
      store_{own_.get()},
      name_{name} {
  ENSUE_ASSERT(policy.on() && !policy.wrong(), "the policy is off or wrong");
}

dedupe::~dedupe() {
  ENSUE_ASSERT(in_hand_.empty() || rt_.ending(), "a dedupe died, events are at work under it");
}

dedupe::claim dedupe::start(const dedupe_key& key) {
  auto made = std::make_unique<work_in_hand>(key);
  work_in_hand& w = *made;
  in_hand_.emplace(w.key(), std::move(made));
  ++counts_.first;
  return {*this, w};
}

result<dedupe::claim> dedupe::try_begin(const dedupe_key& key) {
  if (in_hand_.contains(key)) return claim{dedupe_answer::in_progress};
  if (store_->seen(key)) {
    ++counts_.duplicates;
    return claim{dedupe_answer::duplicate};
  }
  if (in_hand_.size() >= policy_.in_progress_max) return errc::full;
  return start(key);
}

task<dedupe::claim> dedupe::begin(dedupe_key key) {
  const auto at = in_hand_.find(key);
  if (at == in_hand_.end()) {
    auto c = try_begin(key);
    if (!c) throw system_error{c.error(), name_};
    co_return std::move(*c);
  }
  work_list& copies = at->second->copies;
  if (copies.size() >= policy_.copies_max) throw system_error{errc::full, name_};
  claim got;
  co_await waiting_copy(*this, copies, got);
  co_return got;
}

void dedupe::end_well(work_in_hand& w) noexcept {
  while (!w.copies.empty()) {
    auto& copy = static_cast<waiting_copy&>(*w.copies.front());
    copy.got = claim{dedupe_answer::duplicate};
    ++counts_.duplicates;
    copy.complete(wait_status::ready);
  }
  in_hand_.erase(in_hand_.find(w.key()));
}

void dedupe::end_badly(work_in_hand& w) noexcept {
  ++counts_.failed;
  if (w.copies.empty()) {
    in_hand_.erase(in_hand_.find(w.key()));
    return;
  }
  auto& next = static_cast<waiting_copy&>(*w.copies.front());
  next.got = claim{*this, w};
  ++counts_.first;
  next.complete(wait_status::ready);
}

task<> dedupe::claim::succeeded() { return record(*this); }

task<> dedupe::claim::record(claim& self) {
  if (!self.of_) co_return;
  // However the writing ends, the effect has happened: the store knows it in this life.
  struct ending {
    claim& of;
    ~ending() {
      if (dedupe* d = std::exchange(of.of_, nullptr)) d->end_well(*of.at_);
    }
  } const at_last{self};
  co_await self.of_->store_->record(self.at_->key());
}

void dedupe::claim::failed() noexcept {
  if (dedupe* d = std::exchange(of_, nullptr)) d->end_badly(*at_);
}

}  // namespace ensue
