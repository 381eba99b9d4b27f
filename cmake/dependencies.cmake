find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG QUIET COMPONENTS json)
if(NOT Boost_FOUND)
  message(FATAL_ERROR "ensue needs Boost >= 1.81 with Boost.JSON.\n"
    "  Debian 12:            apt install libboost1.81-dev libboost-json1.81-dev\n"
    "  newer Debian, Ubuntu: apt install libboost-dev libboost-json-dev\n"
    "On Debian 12 libboost-all-dev is 1.74 and silently replaces 1.81.")
endif()
