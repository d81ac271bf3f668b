# How code of this project is compiled: standard, build type, warnings, checkers.
#
# Targets of ours link `cohort_own_code`, which is not installed: who uses the library keeps his own flags.
# Contraction of a*b+c is off, because it would make sums and pictures depend on the compiler and the machine.
include_guard()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug, Release, RelWithDebInfo or MinSizeRel" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(cohort_own_code INTERFACE)
target_compile_features(cohort_own_code INTERFACE cxx_std_20)
target_compile_options(cohort_own_code INTERFACE
    -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wnon-virtual-dtor
    -Woverloaded-virtual -Wold-style-cast -Wcast-qual
    $<$<BOOL:${COHORT_WARNINGS_AS_ERRORS}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(cohort_own_code INTERFACE -Wno-restrict)  # false alarms on std::string in g++ 12
endif()

# Checkers apply to everything in the build, also to what does not link cohort_own_code.
if(COHORT_SANITIZE STREQUAL "address")
    set(cohort_sanitize_flags -fsanitize=address,undefined -fno-sanitize-recover=undefined)
elseif(COHORT_SANITIZE STREQUAL "thread")
    set(cohort_sanitize_flags -fsanitize=thread)
elseif(COHORT_SANITIZE)
    message(FATAL_ERROR "COHORT_SANITIZE is ${COHORT_SANITIZE} (only address and thread are known); choose one of them")
endif()
if(COHORT_SANITIZE)
    add_compile_options(${cohort_sanitize_flags} -fno-omit-frame-pointer)
    add_link_options(${cohort_sanitize_flags})
endif()

# cohort_add_subdirectory(<folder>): as add_subdirectory, for folders that may not be there.
function(cohort_add_subdirectory folder)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
        add_subdirectory(${folder})
    endif()
endfunction()
