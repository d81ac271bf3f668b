# Finds PARI, 2.11 or newer, for 64-bit machines and over GMP; makes PARI::pari. It has neither CMake nor pkg-config files.
include(FindPackageHandleStandardArgs)
# The headers are included as <pari/pari.h>.
find_path(PARI_INCLUDE_DIR pari/pari.h)
find_library(PARI_LIBRARY pari)
mark_as_advanced(PARI_INCLUDE_DIR PARI_LIBRARY)

if(PARI_INCLUDE_DIR)
    file(STRINGS ${PARI_INCLUDE_DIR}/pari/paricfg.h line REGEX "^#define PARIVERSION ")
    string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" PARI_VERSION "${line}")
endif()

find_package_handle_standard_args(PARI
    REQUIRED_VARS PARI_LIBRARY PARI_INCLUDE_DIR VERSION_VAR PARI_VERSION
    REASON_FAILURE_MESSAGE "on Debian it is in libpari-dev")

if(PARI_FOUND AND NOT TARGET PARI::pari)
    add_library(PARI::pari UNKNOWN IMPORTED)
    set_target_properties(PARI::pari PROPERTIES
        IMPORTED_LOCATION ${PARI_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${PARI_INCLUDE_DIR})
endif()
