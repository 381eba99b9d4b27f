find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG QUIET COMPONENTS json)
if(NOT Boost_FOUND)
  message(FATAL_ERROR "ensue needs Boost >= 1.81 with Boost.JSON.\n"
    "  Debian 12:            apt install libboost1.81-dev libboost-json1.81-dev\n"
    "  newer Debian, Ubuntu: apt install libboost-dev libboost-json-dev\n"
    "On Debian 12 libboost-all-dev is 1.74 and silently replaces 1.81.")
endif()

# Time zones of ensue::flow, read from the system's zone files (package tzdata).
find_package(date CONFIG QUIET)
if(NOT TARGET date::date-tz)
  message(FATAL_ERROR "ensue::flow needs date-tz: apt install libhowardhinnant-date-dev tzdata")
endif()

# Needed by ensue::app alone: who takes in ensue as a subdirectory may do without.
find_package(OpenSSL 3 QUIET COMPONENTS Crypto)
find_package(spdlog CONFIG QUIET)
find_package(tomlplusplus CONFIG QUIET)
set(ensue_has_app FALSE)
if(OPENSSL_FOUND AND spdlog_FOUND AND tomlplusplus_FOUND)
  set(ensue_has_app TRUE)
elseif(PROJECT_IS_TOP_LEVEL)
  message(FATAL_ERROR "ensue::app needs OpenSSL 3, spdlog and toml++: "
    "apt install libssl-dev libspdlog-dev libtomlplusplus-dev")
else()
  message(STATUS "ensue::app and ensue::testing are left out: no libssl-dev, libspdlog-dev or libtomlplusplus-dev")
endif()

# Each transport is built where its library is.
find_package(SQLite3 3.37 QUIET)
if(NOT TARGET SQLite::SQLite3)
  message(STATUS "ensue::sqlite and its tests are left out: apt install libsqlite3-dev")
endif()
