# Examples: each is one program, and tests/examples runs it and checks what it prints.
#
#     cohort_add_example(early_exit [SOURCES early_exit.cpp] [LIBS ...])
#
# SOURCES defaults to <name>.cpp. The binary is <build>/examples/<name>.
include_guard()

function(cohort_add_example name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBS")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "cohort_add_example(${name}): does not know '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    if(NOT arg_SOURCES)
        set(arg_SOURCES ${name}.cpp)
    endif()
    add_executable(example_${name} ${arg_SOURCES})
    set_target_properties(example_${name} PROPERTIES
        OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/examples)
    target_link_libraries(example_${name} PRIVATE cohort::cohort cohort_own_code ${arg_LIBS})
endfunction()
