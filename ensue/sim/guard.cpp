#include <ensue/sim/guard.hpp>
#include <ensue/sim/world.hpp>

#include <cstdio>
#include <cstdlib>
#include <utility>

#if defined(__GLIBC__)
#include <ctime>
#include <dlfcn.h>
#include <execinfo.h>
#include <pthread.h>
#include <random>
#include <sys/random.h>
#include <sys/time.h>
#include <unistd.h>
#endif

namespace ensue::sim::guard {
namespace {

// Interposed C functions have no other way to know.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables)
thread_local const world* inside = nullptr;
handler violation = nullptr;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void print_backtrace() {
#if defined(__GLIBC__)
  void* frames[32];
  backtrace_symbols_fd(frames, backtrace(frames, 32), STDERR_FILENO);
#endif
}

void check(const char* call) noexcept {
  if (!inside) [[likely]]
    return;
  const world& in = *inside;
  const allow quiet;
  if (violation) return violation(call);
  std::fprintf(stderr, "%s called inside the simulation: use the runtime\n  by %s\n  %s\n", call,
               in.place().c_str(), in.setting().text().c_str());
  print_backtrace();
  std::abort();
}

}  // namespace

scope::scope(const world& in) noexcept : before_{std::exchange(inside, &in)} {}
scope::~scope() { inside = before_; }
allow::allow() noexcept : before_{std::exchange(inside, nullptr)} {}
allow::~allow() { inside = before_; }
handler on_violation(handler h) noexcept { return std::exchange(violation, h); }

}  // namespace ensue::sim::guard

#if defined(__GLIBC__)

// The definition that ours hides: a sanitizer's if there is one, else the C library's.
#define ENSUE_REAL(name)                                                                          \
  ([]() noexcept {                                                                                \
    static auto* const real = &__interceptor_##name != nullptr                                    \
                                  ? &__interceptor_##name                                         \
                                  : reinterpret_cast<decltype(&::name)>(dlsym(RTLD_NEXT, #name)); \
    return real;                                                                                  \
  }())
#define ENSUE_DECLARE(name) __attribute__((weak)) decltype(::name) __interceptor_##name

extern "C" {
ENSUE_DECLARE(clock_gettime);
ENSUE_DECLARE(gettimeofday);
ENSUE_DECLARE(time);
ENSUE_DECLARE(nanosleep);
ENSUE_DECLARE(clock_nanosleep);
ENSUE_DECLARE(usleep);
ENSUE_DECLARE(sleep);
ENSUE_DECLARE(pthread_create);
ENSUE_DECLARE(getrandom);
ENSUE_DECLARE(getentropy);
ENSUE_DECLARE(rand);
ENSUE_DECLARE(random);

int clock_gettime(clockid_t clock, timespec* at) noexcept {
  ensue::sim::guard::check("clock_gettime");
  return ENSUE_REAL(clock_gettime)(clock, at);
}

int gettimeofday(timeval* at, void* zone) noexcept {
  ensue::sim::guard::check("gettimeofday");
  return ENSUE_REAL(gettimeofday)(at, zone);
}

time_t time(time_t* at) noexcept {
  ensue::sim::guard::check("time");
  return ENSUE_REAL(time)(at);
}

int nanosleep(const timespec* length, timespec* rest) {
  ensue::sim::guard::check("nanosleep");
  return ENSUE_REAL(nanosleep)(length, rest);
}

int clock_nanosleep(clockid_t clock, int flags, const timespec* length, timespec* rest) {
  ensue::sim::guard::check("clock_nanosleep");
  return ENSUE_REAL(clock_nanosleep)(clock, flags, length, rest);
}

int usleep(useconds_t length) {
  ensue::sim::guard::check("usleep");
  return ENSUE_REAL(usleep)(length);
}

unsigned sleep(unsigned length) {
  ensue::sim::guard::check("sleep");
  return ENSUE_REAL(sleep)(length);
}

int pthread_create(pthread_t* id, const pthread_attr_t* how, void* (*body)(void*),
                   void* argument) noexcept {
  ensue::sim::guard::check("pthread_create");
  return ENSUE_REAL(pthread_create)(id, how, body, argument);
}

ssize_t getrandom(void* to, size_t size, unsigned flags) {
  ensue::sim::guard::check("getrandom");
  return ENSUE_REAL(getrandom)(to, size, flags);
}

int getentropy(void* to, size_t size) {
  ensue::sim::guard::check("getentropy");
  return ENSUE_REAL(getentropy)(to, size);
}

int rand() noexcept {
  ensue::sim::guard::check("rand");
  return ENSUE_REAL(rand)();
}

long random() noexcept {
  ensue::sim::guard::check("random");
  return ENSUE_REAL(random)();
}
}

#if defined(__GLIBCXX__)
// libstdc++ asks the processor without a system call, so the C library's calls do not see it.
std::random_device::result_type std::random_device::_M_getval() {
  ensue::sim::guard::check("std::random_device");
  result_type value;
  if (ENSUE_REAL(getentropy)(&value, sizeof value) != 0) std::abort();
  return value;
}
#endif

#endif
