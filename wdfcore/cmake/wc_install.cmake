# wc_install.cmake - what `cmake --install` places where: the library, the command, headers, the
# CMake package, pkg-config files. Microsoft-named headers go to include/wdfcore-driver/ and never
# directly to include/, where they would be found by programs that did not ask for them.
include(CMakePackageConfigHelpers)

install(TARGETS wdfcore wdfcore_static wdfcore_host wdfcore_driver EXPORT wdfcore
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
if(TARGET wdfcore_testing)
    install(TARGETS wdfcore_testing EXPORT wdfcore ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endif()
if(TARGET wdf)
    install(TARGETS wdf RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(FILES ${PROJECT_SOURCE_DIR}/docs/wdf.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/wdfcore
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/wdfcore-driver
    FILES_MATCHING PATTERN "*.h" PATTERN wdfcore EXCLUDE)

install(FILES ${PROJECT_SOURCE_DIR}/wdfcore/debug/wdfcore-gdb.py
    DESTINATION ${CMAKE_INSTALL_DATADIR}/wdfcore)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/wdfcore)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/wdfcore-config.cmake.in
    ${PROJECT_BINARY_DIR}/wdfcore-config.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/wdfcore-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(EXPORT wdfcore NAMESPACE wdfcore:: FILE wdfcore-targets.cmake DESTINATION ${package_dir})
install(FILES
    ${PROJECT_BINARY_DIR}/wdfcore-config.cmake
    ${PROJECT_BINARY_DIR}/wdfcore-config-version.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_add_driver.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_add_test.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_fuzz_files.c
    ${CMAKE_CURRENT_LIST_DIR}/wdf_include_names.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_narrow_long.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_narrow_long.pl
    ${CMAKE_CURRENT_LIST_DIR}/wdf_find_nocase.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_manifest.pl
    ${CMAKE_CURRENT_LIST_DIR}/wdf_message_files.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_mof_files.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_read_project.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_read_sources.cmake
    ${CMAKE_CURRENT_LIST_DIR}/wdf_wpp_files.cmake
    DESTINATION ${package_dir})

list(JOIN WC_DRIVER_FLAGS " " WC_DRIVER_CFLAGS)
list(JOIN WDF_DRIVER_SEMANTICS " " WC_DRIVER_SEMANTICS)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU") # as wdfcore::driver has it
    string(APPEND WC_DRIVER_SEMANTICS " -fno-aggressive-loop-optimizations")
endif()
file(RELATIVE_PATH WC_PC_TO_PREFIX
    /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix) # so that the tree may be moved
foreach(pc wdfcore wdfcore-driver)
    configure_file(${CMAKE_CURRENT_LIST_DIR}/${pc}.pc.in ${PROJECT_BINARY_DIR}/${pc}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/${pc}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
