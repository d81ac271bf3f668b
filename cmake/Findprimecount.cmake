# Finds primecount, 7 or newer, which ships a pkg-config file at most; makes primecount::primecount.
include(FindPackageHandleStandardArgs)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_PRIMECOUNT QUIET primecount)
endif()
find_path(PRIMECOUNT_INCLUDE_DIR primecount.hpp HINTS ${PC_PRIMECOUNT_INCLUDE_DIRS})
find_library(PRIMECOUNT_LIBRARY primecount HINTS ${PC_PRIMECOUNT_LIBRARY_DIRS})
mark_as_advanced(PRIMECOUNT_INCLUDE_DIR PRIMECOUNT_LIBRARY)

if(PRIMECOUNT_INCLUDE_DIR)
    file(STRINGS ${PRIMECOUNT_INCLUDE_DIR}/primecount.hpp line REGEX "^#define PRIMECOUNT_VERSION[ \t]+\"")
    string(REGEX MATCH "[0-9.]+" PRIMECOUNT_VERSION "${line}")
endif()

find_package_handle_standard_args(primecount
    REQUIRED_VARS PRIMECOUNT_LIBRARY PRIMECOUNT_INCLUDE_DIR VERSION_VAR PRIMECOUNT_VERSION
    REASON_FAILURE_MESSAGE "on Debian it is in libprimecount-dev")

if(primecount_FOUND AND NOT TARGET primecount::primecount)
    add_library(primecount::primecount UNKNOWN IMPORTED)
    set_target_properties(primecount::primecount PROPERTIES
        IMPORTED_LOCATION ${PRIMECOUNT_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${PRIMECOUNT_INCLUDE_DIR})
endif()
