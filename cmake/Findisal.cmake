# Finds ISA-L; makes isal::isal.
include(FindPackageHandleStandardArgs)
find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
    pkg_check_modules(PC_ISAL QUIET libisal)
endif()
find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h HINTS ${PC_ISAL_INCLUDE_DIRS})
find_library(ISAL_LIBRARY isal HINTS ${PC_ISAL_LIBRARY_DIRS})
mark_as_advanced(ISAL_INCLUDE_DIR ISAL_LIBRARY)

find_package_handle_standard_args(isal
    REQUIRED_VARS ISAL_LIBRARY ISAL_INCLUDE_DIR VERSION_VAR PC_ISAL_VERSION
    REASON_FAILURE_MESSAGE "on Debian it is in libisal-dev")

if(isal_FOUND AND NOT TARGET isal::isal)
    add_library(isal::isal UNKNOWN IMPORTED)
    set_target_properties(isal::isal PROPERTIES
        IMPORTED_LOCATION ${ISAL_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${ISAL_INCLUDE_DIR})
endif()
