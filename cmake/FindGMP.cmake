# Finds GMP and its C++ interface; makes GMP::gmp and GMP::gmpxx. GMP has no CMake files of its own.
include(FindPackageHandleStandardArgs)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_GMP QUIET gmp)
endif()
find_path(GMP_INCLUDE_DIR gmp.h HINTS ${PC_GMP_INCLUDE_DIRS})
find_path(GMPXX_INCLUDE_DIR gmpxx.h HINTS ${PC_GMP_INCLUDE_DIRS})
find_library(GMP_LIBRARY gmp HINTS ${PC_GMP_LIBRARY_DIRS})
find_library(GMPXX_LIBRARY gmpxx HINTS ${PC_GMP_LIBRARY_DIRS})
mark_as_advanced(GMP_INCLUDE_DIR GMPXX_INCLUDE_DIR GMP_LIBRARY GMPXX_LIBRARY)

find_package_handle_standard_args(GMP
    REQUIRED_VARS GMP_LIBRARY GMPXX_LIBRARY GMP_INCLUDE_DIR GMPXX_INCLUDE_DIR VERSION_VAR PC_GMP_VERSION
    REASON_FAILURE_MESSAGE "on Debian it is in libgmp-dev")

if(GMP_FOUND AND NOT TARGET GMP::gmp)
    add_library(GMP::gmp UNKNOWN IMPORTED)
    set_target_properties(GMP::gmp PROPERTIES
        IMPORTED_LOCATION ${GMP_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${GMP_INCLUDE_DIR})
    add_library(GMP::gmpxx UNKNOWN IMPORTED)
    set_target_properties(GMP::gmpxx PROPERTIES
        IMPORTED_LOCATION ${GMPXX_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${GMPXX_INCLUDE_DIR}
        INTERFACE_LINK_LIBRARIES GMP::gmp)
endif()
