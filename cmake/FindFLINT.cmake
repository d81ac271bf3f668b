# Finds FLINT, 2.9 or newer; makes FLINT::flint. Only FLINT 3 has a pkg-config file, and neither has CMake files, so the
# version is read from its header.
include(FindPackageHandleStandardArgs)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_FLINT QUIET flint)
endif()
# The folder that has flint/ in it: the headers are included as <flint/fmpz.h>.
find_path(FLINT_INCLUDE_DIR flint/flint.h HINTS ${PC_FLINT_INCLUDE_DIRS})
find_library(FLINT_LIBRARY flint HINTS ${PC_FLINT_LIBRARY_DIRS})
find_package(GMP)
mark_as_advanced(FLINT_INCLUDE_DIR FLINT_LIBRARY)

if(FLINT_INCLUDE_DIR)
    file(STRINGS ${FLINT_INCLUDE_DIR}/flint/flint.h lines
         REGEX "^#define __FLINT_VERSION(_MINOR|_PATCHLEVEL)?[ \t]+[0-9]+")
    set(numbers)
    foreach(part "" _MINOR _PATCHLEVEL)
        foreach(line IN LISTS lines)
            if(line MATCHES "^#define __FLINT_VERSION${part}[ \t]+([0-9]+)")
                list(APPEND numbers ${CMAKE_MATCH_1})
            endif()
        endforeach()
    endforeach()
    string(REPLACE ";" "." FLINT_VERSION "${numbers}")
endif()

find_package_handle_standard_args(FLINT
    REQUIRED_VARS FLINT_LIBRARY FLINT_INCLUDE_DIR GMP_FOUND VERSION_VAR FLINT_VERSION
    REASON_FAILURE_MESSAGE "on Debian it is in libflint-dev")

if(FLINT_FOUND AND NOT TARGET FLINT::flint)
    add_library(FLINT::flint UNKNOWN IMPORTED)
    set_target_properties(FLINT::flint PROPERTIES
        IMPORTED_LOCATION ${FLINT_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${FLINT_INCLUDE_DIR}
        INTERFACE_LINK_LIBRARIES GMP::gmp)
endif()
