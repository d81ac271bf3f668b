# Tests, as CTest runs them. Every run goes through tests/support/run_with_stacks.py, which ends one that hangs and prints
# the stacks of its processes. Names below are the names of the tests; a test of several runs has a suffix for each.
#
#     cohort_add_test(plan.schedule schedule_test.cpp [more.cpp ...] [LIBS ...] [TIMEOUT seconds])
#         GoogleTest without MPI, one process. Links cohort and gtest_main.
#
#     cohort_add_mpi_test(run.map map_test.cpp [more.cpp ...] [RANKS 1 2 3 4 5 8] [NODES 4:1 4:2] [VIRTUAL 2:3]
#                         [TRANSPORTS 4:2:tcp] [DELAYED 3:3 4:2] [LIBS ...] [ENVIRONMENT NAME=value ...]
#                         [TIMEOUT seconds])
#         GoogleTest under mpiexec: one binary, one run for each number of ranks (run.map.n3), and one for each entry of
#             NODES       ranks:ranks-per-node. Teams take every so many ranks for a node of their own (run.map.n4.by2).
#             VIRTUAL     nodes:ranks-of-each. MPI itself takes this machine for several hosts, with TCP between them
#                         (run.map.v2x3), see tests/support/virtual_nodes; skipped where that is not allowed.
#             TRANSPORTS  as NODES, and how messages travel: ucx, tcp, single_copy or no_windows (run.map.n4.by2.tcp),
#                         see tests/support/over_transport. What runs over ucx needs no run as NODES of its own.
#             DELAYED     as NODES, with MPI late at random (run.map.n4.by2.delayed), see tests/support/pmpi_delay.cpp;
#                         COHORT_DELAY_SEED chooses when. Not with a checker.
#         Links cohort, tests/support (main and <support/world.hpp>) and gtest. RANKS defaults to 1 2 3 4 5 8.
#
#     cohort_add_app_test(apps.julia julia_test.py [APP julia] [RANKS 0 1 2 3 5] [TRANSPORTS 4:2:ucx] [ENVIRONMENT ...]
#                         [UCX test_one ...] [OPEN_MPI test_two ...] [TIMEOUT seconds])
#         A unittest script run by the system's Python, for programs end to end. It says `from cohort_app import ...`,
#         see tests/support/cohort_app.py. One run for each number of ranks, which the script finds as cohort_app.RANKS;
#         0 stands for a program started without mpiexec. RANKS defaults to 0, unless there are TRANSPORTS: one run, in
#         which the script itself says on how many ranks it starts what. TRANSPORTS as above. UCX names tests that make
#         nodes themselves: they are run over ucx, by a run of their own (app.grace.ucx), if it can be had. OPEN_MPI names
#         those that are about what Open MPI's launcher does and says.
#
#     cohort_add_check(NAME COMMAND ... [RANKS n] [ENVIRONMENT ...] [LABELS ...] [TIMEOUT seconds] [SKIP_CODE n])
#         Any other command, with the same environment and watch; the others are made of this. RANKS says how many
#         processors it takes, 1 unless told.
#
# COHORT_TEST_RANKS limits the numbers of ranks, for builds where more are too slow (a checker's); of a test that has none
# of them one run stays, with as many ranks as the limit allows. VIRTUAL and TRANSPORTS lose what has other numbers of
# ranks in all. COHORT_TEST_TIMEOUT is the limit of seconds of a run.
#
# With another MPI than Open MPI there are no VIRTUAL runs and no TRANSPORTS. Where these have ucx, and it cannot be had, the
# same is run as NODES, over what the MPI takes by itself. COHORT_TEST_ONLY_RANKS leaves out what comes out the same with
# every MPI: what runs no ranks, the pages, the installed package, the simulation.
include_guard()
if(POLICY CMP0174)
    cmake_policy(SET CMP0174 NEW)  # a keyword without a value, TIMEOUT ${arg_TIMEOUT}, is nothing to warn of
endif()
find_package(GTest REQUIRED)
find_program(COHORT_PYTHON python3 PATHS /usr/bin NO_DEFAULT_PATH DOC "The system's Python, which has h5py and numpy")
if(NOT COHORT_PYTHON)
    message(FATAL_ERROR "/usr/bin/python3 is not there (tests are run and output is read by it); install python3")
endif()

# What this MPI has. OPEN_MPI is defined in its mpi.h alone.
include(CheckCXXSymbolExists)
set(CMAKE_REQUIRED_LIBRARIES MPI::MPI_CXX)
check_cxx_symbol_exists(OPEN_MPI mpi.h COHORT_MPI_IS_OPEN_MPI)
unset(CMAKE_REQUIRED_LIBRARIES)
set(COHORT_OPEN_MPI_HAS_UCX OFF)
if(COHORT_MPI_IS_OPEN_MPI)
    execute_process(
        COMMAND ${CMAKE_COMMAND} -E env COHORT_MPIEXEC=${MPIEXEC_EXECUTABLE}
                ${PROJECT_SOURCE_DIR}/tests/support/over_transport ucx true
        RESULT_VARIABLE cohort_status OUTPUT_QUIET ERROR_QUIET)
    if(cohort_status EQUAL 0)
        set(COHORT_OPEN_MPI_HAS_UCX ON)
    endif()
endif()

option(COHORT_TEST_ONLY_RANKS "Leave out tests that do not run ranks" OFF)
set(COHORT_TEST_RANKS "" CACHE STRING "Numbers of ranks that tests run on; empty: all that a test names")
if(COHORT_SANITIZE)
    set(cohort_default_timeout 600)
else()
    set(cohort_default_timeout 300)
endif()
set(COHORT_TEST_TIMEOUT ${cohort_default_timeout} CACHE STRING "Seconds after which a test run counts as hanging")

string(REPLACE ";" " " ranks_in_words "${COHORT_TEST_RANKS}")

# Ranks as root, more ranks than cores, in containers without the right to read other processes' memory and with networks
# that Open MPI complains of; Open MPI 4, then 5. ob1 is what it takes without InfiniBand, but where it may choose, each rank
# loads UCX first, which in a virtual machine takes 0.2 s to learn how fast the clock is: as long as all else of a start.
set(cohort_test_environment
    OMPI_MCA_pml=ob1
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
    OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_btl_vader_single_copy_mechanism=none
    "OMPI_MCA_smsc=^cma,knem,xpmem" OMPI_MCA_btl_base_warn_component_unused=0
    OMPI_MCA_btl_tcp_if_include=lo
    PRTE_ALLOW_RUN_AS_ROOT=1 PRTE_ALLOW_RUN_AS_ROOT_CONFIRM=1 PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
    PRTE_MCA_hwloc_default_binding_policy=none
    "COHORT_MPIEXEC=${MPIEXEC_EXECUTABLE}" "COHORT_APPS=${PROJECT_BINARY_DIR}/apps"
    "COHORT_TEST_RANKS=${ranks_in_words}" "PYTHONPATH=${PROJECT_SOURCE_DIR}/tests/support" PYTHONDONTWRITEBYTECODE=1 GTEST_COLOR=no)
if(COHORT_SANITIZE STREQUAL "address")
    # Fast unwinding would defeat the suppressions.
    list(APPEND cohort_test_environment
        ASAN_OPTIONS=fast_unwind_on_malloc=0:detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1
        "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0")
elseif(COHORT_SANITIZE STREQUAL "thread")
    list(APPEND cohort_test_environment TSAN_OPTIONS=ignore_noninstrumented_modules=1)
endif()

# All functions that add a test end here.
function(cohort_add_check name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "RANKS;TIMEOUT;SKIP_CODE" "COMMAND;ENVIRONMENT;LABELS")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_COMMAND)
        message(FATAL_ERROR "cohort_add_check(${name}): wants COMMAND, and does not know '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT ${COHORT_TEST_TIMEOUT})
    elseif(COHORT_SANITIZE)
        math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 3")  # a checker slows programs by so much
    endif()
    set(processors 1)
    if(arg_RANKS GREATER 1)
        set(processors ${arg_RANKS})
    endif()
    add_test(NAME ${name}
        COMMAND ${COHORT_PYTHON} ${PROJECT_SOURCE_DIR}/tests/support/run_with_stacks.py --timeout ${arg_TIMEOUT} --
                ${arg_COMMAND})
    math(EXPR last_resort "${arg_TIMEOUT} + 90")
    set_tests_properties(${name} PROPERTIES
        PROCESSORS ${processors} TIMEOUT ${last_resort} LABELS "${arg_LABELS}"
        ENVIRONMENT "${cohort_test_environment};${arg_ENVIRONMENT}")
    if(arg_SKIP_CODE)
        set_tests_properties(${name} PROPERTIES SKIP_RETURN_CODE ${arg_SKIP_CODE})
    endif()
endfunction()

# Local: those of the numbers in ARGN that COHORT_TEST_RANKS allows, into `result`.
function(cohort_allowed_ranks result)
    set(allowed ${ARGN})
    if(COHORT_TEST_RANKS)
        set(allowed)
        foreach(ranks IN LISTS ARGN)
            if(ranks IN_LIST COHORT_TEST_RANKS OR ranks EQUAL 0)
                list(APPEND allowed ${ranks})
            endif()
        endforeach()
        if("${allowed}" STREQUAL "")  # the list 0 is false, and not empty
            list(GET COHORT_TEST_RANKS -1 allowed)
        endif()
    endif()
    set(${result} ${allowed} PARENT_SCOPE)
endfunction()

function(cohort_add_test name)
    if(COHORT_TEST_ONLY_RANKS)
        return()
    endif()
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "LIBS;ENVIRONMENT")
    string(REPLACE "." "_" target test_${name})
    add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${target} PRIVATE cohort::cohort cohort_own_code GTest::gtest GTest::gtest_main ${arg_LIBS})
    cohort_add_check(${name} COMMAND $<TARGET_FILE:${target}> LABELS serial TIMEOUT ${arg_TIMEOUT} ENVIRONMENT ${arg_ENVIRONMENT})
endfunction()

# Local: the numbers and the word of an entry such as 4:2:tcp, into cohort_first, cohort_second and cohort_word.
macro(cohort_read_entry name key shape pattern entry)
    if(NOT "${entry}" MATCHES "^${pattern}$")
        message(FATAL_ERROR "test ${name}: ${key} wants ${shape}, not '${entry}'")
    endif()
    set(cohort_first ${CMAKE_MATCH_1})
    set(cohort_second ${CMAKE_MATCH_2})
    set(cohort_word ${CMAKE_MATCH_3})
endmacro()

# Local: turns the arg_NODES, arg_VIRTUAL and arg_TRANSPORTS of a function into what the MPI of this build can do.
macro(cohort_fit_to_mpi)
    if(NOT COHORT_OPEN_MPI_HAS_UCX)
        set(cohort_by_ucx ${arg_TRANSPORTS})
        list(FILTER cohort_by_ucx INCLUDE REGEX ":ucx$")
        list(FILTER arg_TRANSPORTS EXCLUDE REGEX ":ucx$")
        list(TRANSFORM cohort_by_ucx REPLACE ":ucx$" "")
        list(APPEND arg_NODES ${cohort_by_ucx})
    endif()
    if(NOT COHORT_MPI_IS_OPEN_MPI)
        set(arg_VIRTUAL)
        set(arg_TRANSPORTS)
    endif()
endmacro()

function(cohort_add_mpi_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "RANKS;NODES;VIRTUAL;TRANSPORTS;DELAYED;LIBS;ENVIRONMENT")
    string(REPLACE "." "_" target test_${name})
    add_executable(${target} ${arg_UNPARSED_ARGUMENTS})
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    target_link_libraries(${target} PRIVATE cohort_test_support cohort::cohort cohort_own_code ${arg_LIBS})
    if(NOT arg_RANKS)
        set(arg_RANKS 1 2 3 4 5 8)
    endif()
    cohort_fit_to_mpi()
    set(mpiexec ${MPIEXEC_EXECUTABLE} ${MPIEXEC_NUMPROC_FLAG})
    set(program $<TARGET_FILE:${target}>)
    set(number "([1-9][0-9]*)")
    cohort_allowed_ranks(all_ranks ${arg_RANKS})
    foreach(ranks IN LISTS all_ranks)
        cohort_add_check(${name}.n${ranks} RANKS ${ranks} LABELS mpi TIMEOUT ${arg_TIMEOUT}
            COMMAND ${mpiexec} ${ranks} ${program} ENVIRONMENT ${arg_ENVIRONMENT})
    endforeach()
    set(done)
    foreach(entry IN LISTS arg_NODES)
        cohort_read_entry(${name} NODES ranks:ranks-per-node "${number}:${number}" ${entry})
        cohort_allowed_ranks(ranks ${cohort_first})
        set(run ${name}.n${ranks}.by${cohort_second})
        if(NOT run IN_LIST done)
            list(APPEND done ${run})
            cohort_add_check(${run} RANKS ${ranks} LABELS mpi nodes TIMEOUT ${arg_TIMEOUT}
                COMMAND ${mpiexec} ${ranks} ${program}
                ENVIRONMENT COHORT_RANKS_PER_NODE=${cohort_second} ${arg_ENVIRONMENT})
        endif()
    endforeach()
    foreach(entry IN LISTS arg_DELAYED)
        cohort_read_entry(${name} DELAYED ranks:ranks-per-node "${number}:${number}" ${entry})
        if(NOT COHORT_SANITIZE)
            cohort_add_check(${name}.n${cohort_first}.by${cohort_second}.delayed RANKS ${cohort_first}
                LABELS mpi delayed TIMEOUT ${arg_TIMEOUT}
                COMMAND ${mpiexec} ${cohort_first} env LD_PRELOAD=$<TARGET_FILE:cohort_late_mpi> ${program}
                ENVIRONMENT COHORT_RANKS_PER_NODE=${cohort_second} ${arg_ENVIRONMENT})
        endif()
    endforeach()
    foreach(entry IN LISTS arg_VIRTUAL)
        cohort_read_entry(${name} VIRTUAL nodes:ranks-of-each "${number}:${number}" ${entry})
        math(EXPR ranks "${cohort_first} * ${cohort_second}")
        if(NOT COHORT_TEST_RANKS OR ranks IN_LIST COHORT_TEST_RANKS)
            cohort_add_check(${name}.v${cohort_first}x${cohort_second} RANKS ${ranks} LABELS mpi virtual
                COMMAND ${PROJECT_SOURCE_DIR}/tests/support/virtual_nodes --nodes ${cohort_first}
                        --ranks ${cohort_second} -- ${program}
                ENVIRONMENT ${arg_ENVIRONMENT} TIMEOUT ${arg_TIMEOUT} SKIP_CODE 77)
        endif()
    endforeach()
    foreach(entry IN LISTS arg_TRANSPORTS)
        cohort_read_entry(${name} TRANSPORTS ranks:ranks-per-node:transport "${number}:${number}:([a-z_]+)" ${entry})
        if(NOT COHORT_TEST_RANKS OR cohort_first IN_LIST COHORT_TEST_RANKS)
            cohort_add_check(${name}.n${cohort_first}.by${cohort_second}.${cohort_word} RANKS ${cohort_first}
                LABELS mpi transport
                COMMAND ${PROJECT_SOURCE_DIR}/tests/support/over_transport ${cohort_word} ${mpiexec} ${cohort_first}
                        ${program}
                ENVIRONMENT COHORT_RANKS_PER_NODE=${cohort_second} ${arg_ENVIRONMENT}
                TIMEOUT ${arg_TIMEOUT} SKIP_CODE 77)
        endif()
    endforeach()
endfunction()

function(cohort_add_app_test name script)
    cmake_parse_arguments(PARSE_ARGV 2 arg "" "TIMEOUT;APP" "RANKS;NODES;TRANSPORTS;UCX;ENVIRONMENT;OPEN_MPI")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "cohort_add_app_test(${name}): does not know '${arg_UNPARSED_ARGUMENTS}'")
    endif()
    if(NOT DEFINED arg_RANKS AND NOT arg_NODES AND NOT arg_TRANSPORTS)
        set(arg_RANKS 0)
    endif()
    set(environment ${arg_ENVIRONMENT})
    if(arg_APP)
        list(APPEND environment COHORT_APP=${PROJECT_BINARY_DIR}/apps/cohort-${arg_APP})
    endif()
    cohort_fit_to_mpi()
    set(number "([1-9][0-9]*)")
    set(script ${COHORT_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/${script})
    set(runs)
    set(without)
    if(NOT COHORT_MPI_IS_OPEN_MPI)
        list(APPEND without ${arg_OPEN_MPI})
    endif()
    if(arg_UCX AND COHORT_OPEN_MPI_HAS_UCX AND NOT COHORT_TEST_RANKS)
        list(APPEND without ${arg_UCX})
        list(APPEND runs ${name}.ucx)
        list(TRANSFORM arg_UCX PREPEND "-k;")
        cohort_add_check(${name}.ucx LABELS app transport TIMEOUT ${arg_TIMEOUT}
            COMMAND ${PROJECT_SOURCE_DIR}/tests/support/over_transport ucx ${script} ${arg_UCX}
            ENVIRONMENT ${environment} SKIP_CODE 77)
    endif()
    if(without)
        list(JOIN without " " without)
        list(APPEND environment "COHORT_WITHOUT=${without}")
    endif()
    set(all_ranks)
    if(DEFINED arg_RANKS)
        cohort_allowed_ranks(all_ranks ${arg_RANKS})
    endif()
    foreach(ranks IN LISTS all_ranks)
        set(run ${name})
        if(ranks GREATER 0)
            string(APPEND run .n${ranks})
        endif()
        list(APPEND runs ${run})
        cohort_add_check(${run} RANKS ${ranks} LABELS app TIMEOUT ${arg_TIMEOUT} COMMAND ${script}
            ENVIRONMENT COHORT_RANKS=${ranks} ${environment})
    endforeach()
    foreach(entry IN LISTS arg_NODES)
        cohort_read_entry(${name} NODES ranks:ranks-per-node "${number}:${number}" ${entry})
        cohort_allowed_ranks(ranks ${cohort_first})
        set(run ${name}.n${ranks}.by${cohort_second})
        if(NOT run IN_LIST runs)
            list(APPEND runs ${run})
            cohort_add_check(${run} RANKS ${ranks} LABELS app nodes TIMEOUT ${arg_TIMEOUT} COMMAND ${script}
                ENVIRONMENT COHORT_RANKS=${ranks} COHORT_RANKS_PER_NODE=${cohort_second} ${environment})
        endif()
    endforeach()
    foreach(entry IN LISTS arg_TRANSPORTS)
        cohort_read_entry(${name} TRANSPORTS ranks:ranks-per-node:transport "${number}:${number}:([a-z_]+)" ${entry})
        if(NOT COHORT_TEST_RANKS OR cohort_first IN_LIST COHORT_TEST_RANKS)
            set(run ${name}.n${cohort_first}.by${cohort_second}.${cohort_word})
            list(APPEND runs ${run})
            cohort_add_check(${run} RANKS ${cohort_first} LABELS app transport TIMEOUT ${arg_TIMEOUT}
                COMMAND ${PROJECT_SOURCE_DIR}/tests/support/over_transport ${cohort_word} ${script}
                ENVIRONMENT COHORT_RANKS=${cohort_first} COHORT_RANKS_PER_NODE=${cohort_second} ${environment}
                SKIP_CODE 77)
        endif()
    endforeach()
    foreach(run IN LISTS runs)
        set_tests_properties(${run} PROPERTIES COST 60)  # the longest: first, so that none is left alone at the end
    endforeach()
endfunction()
