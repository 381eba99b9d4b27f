#pragma once

#include <ensue/base/assert.hpp>
#include <ensue/base/clock.hpp>
#include <ensue/event/envelope.hpp>
#include <ensue/event/type_id.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <new>
#include <utility>

namespace ensue {

class publication;
class record_pool;

/// What one root event has caused so far, shared by all events of its chain (storm guard).
struct storm_account {
  std::uint64_t caused = 0;

  /// Remembers that an event of one type caused one of another: the latest few different pairs.
  void note(const event_type_info& cause, const event_type_info& effect) noexcept {
    for (const step& s : steps_)
      if (s.cause == &cause && s.effect == &effect) return;
    steps_[next_++ % std::size(steps_)] = {&cause, &effect};
  }
  /// What caused events of that type; null when nobody remembers.
  const event_type_info* cause_of(const event_type_info& effect) const noexcept {
    for (const step& s : steps_)
      if (s.effect == &effect) return s.cause;
    return nullptr;
  }

 private:
  struct step {
    const event_type_info* cause = nullptr;
    const event_type_info* effect = nullptr;
  };
  step steps_[8];
  std::uint32_t next_ = 0;
};

/// Where an event comes from: only made for events that have a cause or were asked for their id.
struct lineage {
  envelope env;
  std::shared_ptr<storm_account> account;
};

/// One accepted event: built once in its block, shared by the queues of all subscriptions that
/// received it, immutable, freed to its pool with the last reference. Loop thread only.
struct record {
  const event_type_info* type = nullptr;
  record_pool* pool = nullptr;
  publication* waiting = nullptr;  ///< who waits for it to settle; may be null
  std::unique_ptr<lineage> story;  ///< null: all defaults, nothing caused yet
  record* next_free = nullptr;     ///< while the block is idle in its pool
  time_point accepted_at{};
  std::uint32_t references = 1;
  std::uint32_t depth = 0;  ///< hops from the root event
  bool admitted = false;    ///< publish-side middleware has let it pass

  /// Also the largest alignment of an event; a 64-byte event fills the next line.
  static constexpr std::size_t header = 64;
  void* payload() noexcept { return reinterpret_cast<std::byte*>(this) + header; }
  const void* payload() const noexcept { return reinterpret_cast<const std::byte*>(this) + header; }
};
static_assert(sizeof(record) <= record::header);

/// Blocks of one event type, recycled: a busy type works in the same few cache lines. Keeps at
/// most `kept_max` idle blocks. Owned by the dispatcher; outlives every record.
class record_pool {
 public:
  explicit record_pool(const event_type_info& type) noexcept
      : size_{record::header + type.size},
        align_{type.align > alignof(record) ? type.align : alignof(record)} {}
  record_pool(const record_pool&) = delete;
  record_pool& operator=(const record_pool&) = delete;
  ~record_pool();

  /// Raw block with a constructed header; the payload is the caller's to construct.
  record* take(const event_type_info& type) {
    void* block = free_;
    if (block) [[likely]] {
      free_ = free_->next_free;
      --idle_;
    } else {
      block = allocate();
    }
    record* r = ::new (block) record;  // all fields anew; an idle header owned nothing
    r->type = &type;
    r->pool = this;
    return r;
  }

  /// The payload is gone already (or was never built).
  void give_back(record* r) noexcept {
    if (r->story) [[unlikely]]
      r->story.reset();
    if (idle_ >= kept_max) [[unlikely]]
      return deallocate(r);
    r->next_free = free_;
    free_ = r;
    ++idle_;
  }

  std::size_t live() const noexcept { return blocks_ - idle_; }

 private:
  static constexpr std::size_t kept_max = 4096;
  void* allocate();
  void deallocate(record* r) noexcept;

  record* free_ = nullptr;  // headers stay constructed while idle
  std::size_t idle_ = 0;
  std::size_t blocks_ = 0;
  const std::size_t size_, align_;
};

inline void add_reference(record& r) noexcept { ++r.references; }

inline void release(record* r) noexcept {
  if (--r->references != 0) return;
  if (r->type->destroy) r->type->destroy(r->payload());
  r->pool->give_back(r);
}

/// Holds one reference.
class record_ref {
 public:
  record_ref() = default;
  /// Takes over the reference that `r` was made with.
  explicit record_ref(record* r) noexcept : record_{r} {}
  record_ref(record_ref&& other) noexcept : record_{std::exchange(other.record_, nullptr)} {}
  record_ref& operator=(record_ref&& other) noexcept {
    std::swap(record_, other.record_);
    return *this;
  }
  ~record_ref() {
    if (record_) release(record_);
  }
  record* get() const noexcept { return record_; }
  record* operator->() const noexcept { return record_; }
  explicit operator bool() const noexcept { return record_ != nullptr; }

 private:
  record* record_ = nullptr;
};

}  // namespace ensue
