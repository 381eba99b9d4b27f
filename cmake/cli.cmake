# The program `ensue` (ensue/cli): bin/ensue in the build tree and where it is installed.
file(GLOB cli_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/ensue/cli/*.cpp")
set(cli_tests ${cli_sources})
list(FILTER cli_sources EXCLUDE REGEX "\\.test\\.cpp$")

add_executable(ensue_cli ${cli_sources} "${PROJECT_SOURCE_DIR}/ensue/cli/program/main.cpp")
set_target_properties(ensue_cli PROPERTIES OUTPUT_NAME ensue
  RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
target_compile_features(ensue_cli PRIVATE cxx_std_20)
target_link_libraries(ensue_cli PRIVATE ensue::reliability $<BUILD_INTERFACE:ensue_warnings>)
if(ENSUE_INSTALL)
  install(TARGETS ensue_cli)
endif()

if(ENSUE_BUILD_TESTS)
  ensue_test(cli_test ${cli_tests})
  target_link_libraries(cli_test PRIVATE ensue::reliability ensue::sim)
endif()
