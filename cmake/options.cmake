option(ENSUE_BUILD_TESTS "Build the tests and benches" ${PROJECT_IS_TOP_LEVEL})
option(ENSUE_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(ENSUE_INSTALL "Install headers, libraries and the package config" ${PROJECT_IS_TOP_LEVEL})
option(ENSUE_WERROR "Warnings are errors" ${PROJECT_IS_TOP_LEVEL})
set(ENSUE_SANITIZE "" CACHE STRING "Sanitizers, e.g. address,undefined or thread")

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(WARNING "g++ < 13 destroys aggregate and capturing-lambda temporaries of a co_await expression "
    "twice. Write `co_await bus.post<order>(id)` or a named local; never `co_await f(order{...})`.")
endif()

add_library(ensue_warnings INTERFACE)
target_compile_options(ensue_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wpedantic)
if(ENSUE_WERROR)
  target_compile_options(ensue_warnings INTERFACE -Werror)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12 inside coroutine frames and inlined variants.
  target_compile_options(ensue_warnings INTERFACE -Wno-maybe-uninitialized -Wno-mismatched-new-delete)
endif()

if(ENSUE_SANITIZE)
  add_compile_options(-fsanitize=${ENSUE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${ENSUE_SANITIZE})
endif()
