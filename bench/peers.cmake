# What the benches compare with. Every peer is optional: what is not installed is reported as such
# by the program. Packages: bench/packages.txt.
add_library(bench_peers INTERFACE)
target_link_libraries(bench_peers INTERFACE Threads::Threads)

# Under a sanitizer only our own code is of interest, and theirs is not instrumented.
if(ENSUE_SANITIZE)
  return()
endif()

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(BENCH_SIGC QUIET IMPORTED_TARGET sigc++-3.0)
endif()
if(BENCH_SIGC_FOUND)
  target_link_libraries(bench_peers INTERFACE PkgConfig::BENCH_SIGC)
  target_compile_definitions(bench_peers INTERFACE BENCH_HAVE_SIGC)
endif()

find_package(TBB CONFIG QUIET)
if(TBB_FOUND)
  target_link_libraries(bench_peers INTERFACE TBB::tbb)
  target_compile_definitions(bench_peers INTERFACE BENCH_HAVE_TBB)
endif()

find_path(BENCH_CAF_INCLUDE caf/all.hpp)
find_library(BENCH_CAF_CORE caf_core)
if(BENCH_CAF_INCLUDE AND BENCH_CAF_CORE)
  target_link_libraries(bench_peers INTERFACE "${BENCH_CAF_CORE}")
  target_compile_definitions(bench_peers INTERFACE BENCH_HAVE_CAF)
endif()

find_path(BENCH_MOODYCAMEL_INCLUDE concurrentqueue/blockingconcurrentqueue.h)
if(BENCH_MOODYCAMEL_INCLUDE)
  target_compile_definitions(bench_peers INTERFACE BENCH_HAVE_MOODYCAMEL)
endif()
