# Programs, each in apps/<name>, made of a kernel that is tested alone and a main that wires it to the ranks.
#
#     cohort_add_app(julia
#         KERNEL kernel.cpp                  # the computation, without MPI
#         KERNEL_LIBS ...                    # what the kernel links (optional)
#         MAIN main.cpp picture.cpp          # options, wiring, output
#         LIBS PNG::PNG)                     # what the program links besides the kernel and cohort (optional)
#
# makes two targets: `cohort_julia_kernel`, a static library whose headers are included as <julia/kernel.hpp> (cohort's
# own headers of plan/ can be included there; a kernel that needs more than headers lists cohort::cohort in
# KERNEL_LIBS), and `cohort-julia`, which ends up in <build>/apps/ and is installed. KERNEL may be left out. The target
# `apps` builds all programs.
include_guard()
add_custom_target(apps)

function(cohort_add_app name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "KERNEL;KERNEL_LIBS;MAIN;LIBS")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_MAIN)
        message(FATAL_ERROR "cohort_add_app(${name}): wants MAIN, and does not know '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    set(program cohort-${name})
    add_executable(${program} ${arg_MAIN})
    add_dependencies(apps ${program})
    target_link_libraries(${program} PRIVATE cohort::cohort cohort_own_code ${arg_LIBS})
    target_include_directories(${program} PRIVATE ${PROJECT_SOURCE_DIR}/apps)
    # Where the library is shared, an installed program finds it beside itself, wherever both are moved to.
    file(RELATIVE_PATH library_folder ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
    set_target_properties(${program} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/apps INSTALL_RPATH "\$ORIGIN/${library_folder}")
    install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    if(arg_KERNEL)
        set(kernel cohort_${name}_kernel)
        add_library(${kernel} STATIC ${arg_KERNEL})
        target_include_directories(${kernel} PUBLIC ${PROJECT_SOURCE_DIR}/apps ${PROJECT_SOURCE_DIR}/src)
        target_link_libraries(${kernel} PUBLIC ${arg_KERNEL_LIBS} PRIVATE cohort_own_code)
        target_link_libraries(${program} PRIVATE ${kernel})
    endif()
endfunction()
