# Sources that are compiled for one instruction set, chosen among when a program runs (apps/common/isa.hpp).
#
#     cohort_kernel_isa(avx2 kernel_avx2.cpp ...)
#     cohort_kernel_isa(avx512 kernel_avx512.cpp ...)
#
# Such a source must not leave code behind that others use: an inline function of the standard library, compiled here
# and not inlined, may be the copy that the linker keeps for the whole program, which then dies on older processors. So
# it includes <immintrin.h>, <cstddef>, <cstdint> and headers of the kernel that hold no functions but its own templates in an
# unnamed namespace; no containers, no algorithms, no library.
#
# Elsewhere than on x86-64 these sources are compiled without options, and have to be empty (#if defined(__x86_64__)).
include_guard()

set(cohort_isa_avx2_options -mavx2 -mfma -mbmi -mbmi2 -mlzcnt -mpopcnt)
set(cohort_isa_avx512_options ${cohort_isa_avx2_options}
    -mavx512f -mavx512cd -mavx512dq -mavx512bw -mavx512vl -mavx512ifma -mavx512vbmi -mavx512vbmi2 -mavx512vpopcntdq
    -mprefer-vector-width=512)

function(cohort_kernel_isa isa)
    if(NOT DEFINED cohort_isa_${isa}_options)
        message(FATAL_ERROR "cohort_kernel_isa(${isa}): there is no such instruction set; avx2 and avx512 are known")
    endif()
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
        set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS "${cohort_isa_${isa}_options}")
    endif()
endfunction()
