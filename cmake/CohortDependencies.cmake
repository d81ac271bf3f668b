# What cohort stands on. The installed package finds the same (cohortConfig.cmake.in); keep the two alike.
include_guard()

set(THREADS_PREFER_PTHREAD_FLAG ON)
set(HDF5_PREFER_PARALLEL TRUE)
set(MPI_CXX_SKIP_MPICXX TRUE)
find_package(Threads REQUIRED)
find_package(MPI REQUIRED COMPONENTS C CXX)
find_package(Boost 1.74 REQUIRED CONFIG COMPONENTS mpi serialization)
find_package(HDF5 REQUIRED COMPONENTS C HL)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(libdeflate REQUIRED)
find_package(isal)  # compresses at level 1 more than three times as fast; some processors have none

if(NOT HDF5_IS_PARALLEL)
    message(FATAL_ERROR "The HDF5 found is ${HDF5_VERSION} without MPI (ranks write their parts of a file together); "
                        "install the parallel one, libhdf5-openmpi-dev on Debian, and configure in a new folder")
endif()
