# The runner must be able to fail: every planted fault is found and the exit codes are kept.
function(expect code)
  execute_process(COMMAND ${PROGRAM} ${ARGN} RESULT_VARIABLE got OUTPUT_VARIABLE out ERROR_VARIABLE err)
  if(NOT got EQUAL ${code})
    message(FATAL_ERROR "ensue_rows ${ARGN}: expected exit code ${code}, got ${got}\n${out}${err}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

expect(2 --nonsense)
expect(2 --data)
expect(2 --data ${BROKEN}/absent)
expect(2 --data ${BROKEN} --set nonsense)
expect(2 --data ${BROKEN}/uuid)  # a folder, but no set is in it
foreach(name uuid topic-matching semver json-parsing cron)
  expect(1 --data ${BROKEN} --set ${name})
endforeach()
expect(1 --data ${BROKEN} --json)
# One good row in each set, everything else is wrong in its own way.
string(REGEX MATCHALL "\"passed\":1," good "${out}")
list(LENGTH good count)
if(NOT count EQUAL 5)
  message(FATAL_ERROR "expected one passed row in each of 5 sets, got ${count}:\n${out}")
endif()
