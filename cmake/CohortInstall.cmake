# cmake --install: headers, library, and a package that find_package(cohort) finds.
include_guard()
include(CMakePackageConfigHelpers)

set(cohort_package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/cohort)
install(TARGETS cohort EXPORT cohortTargets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY src/cohort/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/cohort FILES_MATCHING PATTERN "*.hpp")
install(EXPORT cohortTargets NAMESPACE cohort:: DESTINATION ${cohort_package_folder})
configure_package_config_file(cmake/cohortConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/cohortConfig.cmake
    INSTALL_DESTINATION ${cohort_package_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/cohortConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cohortConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/cohortConfigVersion.cmake
              cmake/Findisal.cmake cmake/Findlibdeflate.cmake
    DESTINATION ${cohort_package_folder})
