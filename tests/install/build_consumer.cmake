# cmake -DWAY=… … -P build_consumer.cmake: builds and runs tests/install/consumer in one way that a
# user would, or proves that a wrong set-up is refused with the words that help.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  string(REPLACE ";" " " command "${ARGV}")
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "${command}\n${output}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect text)
  string(REGEX REPLACE "[ \n]+" " " flat "${output}")
  string(FIND "${flat}" "${text}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "expected: ${text}\ngot:\n${output}")
  endif()
endfunction()

# refused(<text> <command>...): the command fails and says so.
function(refused text)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(status EQUAL 0)
    message(FATAL_ERROR "was not refused: ${ARGN}")
  endif()
  expect("${text}")
endfunction()

set(sanitize "")
if(SANITIZE)
  set(sanitize "-fsanitize=${SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all")
endif()
set(prefix "${SCRATCH}/prefix")
set(consumer "${SOURCE}/tests/install/consumer")
set(configure "${CMAKE_COMMAND}" -G Ninja -S "${consumer}" -B "${SCRATCH}"
  "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
  "-DCMAKE_BUILD_TYPE=${TYPE}" "-DCMAKE_CXX_FLAGS_DEBUG=${DEBUG_FLAGS}")
set(configure_installed ${configure} "-DCMAKE_CXX_FLAGS=${sanitize}" "-DCMAKE_PREFIX_PATH=${prefix}")
set(install "${CMAKE_COMMAND}" --install "${BUILD}" --prefix "${prefix}")
file(REMOVE_RECURSE "${SCRATCH}")

if(WAY STREQUAL "find_package")
  run(${install})
  run(${configure_installed} "-DOWN_TRANSPORT=${SOURCE}/examples/transport")
  run("${CMAKE_COMMAND}" --build "${SCRATCH}")
  run("${SCRATCH}/consumer")
  expect("hello from outside")
  run("${SCRATCH}/own_transport")
  expect(" passed, 0 failed")

elseif(WAY STREQUAL "add_subdirectory")
  run(${configure} "-DENSUE_SOURCE=${SOURCE}" "-DENSUE_SANITIZE=${SANITIZE}" -DENSUE_WERROR=ON
    "-DCMAKE_EXE_LINKER_FLAGS=${sanitize}")
  run("${CMAKE_COMMAND}" --build "${SCRATCH}" --target consumer)
  run("${SCRATCH}/consumer")
  expect("hello from outside")

elseif(WAY STREQUAL "pkg_config")
  run(${install})
  file(GLOB_RECURSE pc "${prefix}/*/ensue.pc")
  get_filename_component(folder "${pc}" DIRECTORY)
  # The file holds the prefix of the configuration; the test installed it elsewhere.
  run("${CMAKE_COMMAND}" -E env "PKG_CONFIG_PATH=${folder}" pkg-config "--define-variable=prefix=${prefix}"
    --cflags --libs ensue)
  string(STRIP "${output}" flags)
  separate_arguments(flags UNIX_COMMAND "${flags} ${sanitize}")
  run("${COMPILER}" -std=c++20 "${consumer}/main.cpp" -o "${SCRATCH}/consumer" ${flags})
  run("${SCRATCH}/consumer")
  expect("hello from outside")

elseif(WAY STREQUAL "without_boost")
  refused("apt install libboost1.81-dev libboost-json1.81-dev"
    ${configure} "-DENSUE_SOURCE=${SOURCE}" -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON)

elseif(WAY STREQUAL "wrong_version")
  run(${install})
  refused("compatible with requested version \"0.2\"" ${configure_installed} -DENSUE_VERSION=0.2)
  file(REMOVE "${SCRATCH}/CMakeCache.txt")
  refused("ensue has no component `nonsense`" ${configure_installed} -DENSUE_COMPONENT=nonsense)
endif()
