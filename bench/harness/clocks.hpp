// Clocks of the benches. The library itself never reads these: it asks its runtime.
#pragma once

#include <cstdint>
#include <sys/resource.h>
#include <time.h>

namespace bench {

inline std::uint64_t read_clock(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return std::uint64_t(t.tv_sec) * 1'000'000'000u + std::uint64_t(t.tv_nsec);
}

/// For work on two threads, and for time stamps that cross threads.
inline std::uint64_t wall_ns() { return read_clock(CLOCK_MONOTONIC); }
/// For work on one thread: what others do on the machine does not count.
inline std::uint64_t thread_cpu_ns() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

/// CPU time of this process and of the children it has waited for.
inline std::uint64_t own_cpu_ns() {
  rusage children{};
  getrusage(RUSAGE_CHILDREN, &children);
  const auto ns = [](const timeval& t) {
    return std::uint64_t(t.tv_sec) * 1'000'000'000u + std::uint64_t(t.tv_usec) * 1000u;
  };
  return read_clock(CLOCK_PROCESS_CPUTIME_ID) + ns(children.ru_utime) + ns(children.ru_stime);
}

/// The compiler must assume that `value` was read and changed here.
template <class T>
inline void opaque(T& value) {
  asm volatile("" : "+m"(value) : : "memory");
}

/// What a spinning thread does between two looks.
inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield" ::: "memory");
#endif
}

}  // namespace bench
