# Examples: each is built, and run by the tests where those are on.
#
#     cohort_add_example(early_exit [SOURCES early_exit.cpp] [ARGS ...] [RANKS 1 2 3] [LIBS ...] [TIMEOUT seconds])
#
# runs the program under mpiexec on each number of ranks (examples.early_exit.n3); it passes if it exits with 0. SOURCES
# defaults to <name>.cpp, RANKS to 1 2 3. The binary is <build>/examples/<name>.
include_guard()

function(cohort_add_example name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;ARGS;RANKS;LIBS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "cohort_add_example(${name}): does not know '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    if(NOT arg_SOURCES)
        set(arg_SOURCES ${name}.cpp)
    endif()
    if(NOT arg_RANKS)
        set(arg_RANKS 1 2 3)
    endif()
    add_executable(example_${name} ${arg_SOURCES})
    set_target_properties(example_${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
    target_link_libraries(example_${name} PRIVATE cohort::cohort cohort_own_code ${arg_LIBS})
    if(COHORT_BUILD_TESTS)
        cohort_allowed_ranks(all_ranks ${arg_RANKS})
        foreach(ranks IN LISTS all_ranks)
            cohort_add_check(examples.${name}.n${ranks} RANKS ${ranks} LABELS example TIMEOUT ${arg_TIMEOUT}
                COMMAND ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG} ${ranks} $<TARGET_FILE:example_${name}>
                        ${arg_ARGS})
        endforeach()
    endif()
endfunction()
