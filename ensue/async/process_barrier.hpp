#pragma once

namespace ensue {

/// True when `process_barrier` is a barrier of every thread of this process (Linux membarrier),
/// not only of the caller. Registers for it on the first call; from any thread.
bool has_process_barrier() noexcept;

/// A full memory barrier: of every running thread where `has_process_barrier()`, else of this one.
/// It lets the frequent side of "store, then look at the other's flag" go without a fence, when the
/// rare side, which is about to sleep, calls this between its store and its look.
/// Cost: up to 14 us where another thread runs. From any thread.
void process_barrier() noexcept;

}  // namespace ensue
