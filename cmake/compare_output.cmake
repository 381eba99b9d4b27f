# cmake -DPROGRAM=… -DEXPECTED=… -P compare_output.cmake: fails when the output differs.
execute_process(COMMAND "${PROGRAM}" OUTPUT_VARIABLE output RESULT_VARIABLE status TIMEOUT 100)
file(READ "${EXPECTED}" expected)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${status}; it printed:\n${output}")
elseif(NOT output STREQUAL expected)
  message(FATAL_ERROR "${EXPECTED} says:\n${expected}\n${PROGRAM} printed:\n${output}")
endif()
