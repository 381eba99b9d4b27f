option(ENSUE_BUILD_TESTS "Build the tests and benches" ${PROJECT_IS_TOP_LEVEL})
option(ENSUE_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(ENSUE_INSTALL "Install headers, libraries and the package config" ${PROJECT_IS_TOP_LEVEL})
option(ENSUE_WERROR "Warnings are errors" ${PROJECT_IS_TOP_LEVEL})
option(ENSUE_FUZZ "Build the fuzzers (clang)" OFF)
set(ENSUE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(WARNING "g++ < 13 destroys aggregate and capturing-lambda temporaries of a co_await expression "
    "twice. Write `co_await bus.post<order>(id)` or a named local; never `co_await f(order{...})`.")
elseif(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 17)
  message(FATAL_ERROR "clang < 17 miscompiles coroutines that change threads: use clang 19 or g++ 12 or newer.")
endif()

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)  # target all_verify_interface_header_sets
  find_program(ENSUE_CCACHE ccache)
  if(ENSUE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${ENSUE_CCACHE}")
  endif()
endif()

add_library(ensue_warnings INTERFACE)
target_compile_options(ensue_warnings INTERFACE -Wall -Wextra -Wpedantic)
if(ENSUE_WERROR)
  target_compile_options(ensue_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Left out: -Wnon-virtual-dtor blames every class derived from boost's error_category, -Wshadow
  # every parameter named like a function. Off: false alarms in coroutine frames, variants, strings.
  target_compile_options(ensue_warnings INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete
    -Wno-restrict -Wno-dangling-pointer)
else()
  target_compile_options(ensue_warnings INTERFACE -Wshadow -Wnon-virtual-dtor)
endif()

if(ENSUE_SANITIZE)
  add_compile_options(-fsanitize=${ENSUE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ENSUE_SANITIZE})
endif()
if(ENSUE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
