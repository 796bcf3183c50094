# wdf_add_test.cmake - build a cmocka test of a driver (<wdfcore/testing.h>) and give it to ctest.
#
#   wdf_add_test(NAME source... [DRIVERS target...])
#   wdf_add_driver_test(NAME DRIVER source...)          the same with one driver
#   wdf_add_driver_fuzzer(NAME DRIVER source...)
#
# NAME holds the whole library, so that the driver modules it loads find the API in it.
#   DRIVERS  targets of wdf_add_driver: built first, path in the macro WC_DRIVER_<NAME>
# Call enable_testing() before it, in the top CMakeLists.txt.
#   -DWDF_TEST_XML=DIR  ctest writes what each test says to DIR/NAME-*.xml, in JUnit's format; a
#                       relative DIR is below the build folder
# A fuzzer defines LLVMFuzzerTestOneInput (wc_fuzz_ioctl does its work). With clang it is libFuzzer's,
# and the driver reports its coverage to it; with other compilers it runs the files that it is given.

set(WDF_TEST_XML "" CACHE STRING "Where ctest writes the results of tests in JUnit's format")
set(WDF_ADD_TEST_DIR ${CMAKE_CURRENT_LIST_DIR})

# wdf_add_program(NAME DRIVERS SOURCES): what tests and fuzzers have in common.
function(wdf_add_program name drivers sources)
    if(NOT TARGET wdfcore::testing)
        message(FATAL_ERROR "${name}: wdfcore was built without its test kit (cmocka)")
    endif()
    add_executable(${name} ${sources})
    set_target_properties(${name} PROPERTIES
        ENABLE_EXPORTS ON C_EXTENSIONS ON EXPORT_COMPILE_COMMANDS ON)
    target_link_libraries(${name} PRIVATE wdfcore::testing wdfcore::driver)
    foreach(driver ${drivers})
        string(TOUPPER ${driver} upper)
        string(MAKE_C_IDENTIFIER ${upper} upper)
        target_compile_definitions(${name} PRIVATE "WC_DRIVER_${upper}=\"$<TARGET_FILE:${driver}>\"")
        add_dependencies(${name} ${driver})
    endforeach()
endfunction()

function(wdf_add_test name)
    cmake_parse_arguments(arg "" "" "DRIVERS" ${ARGN})
    wdf_add_program(${name} "${arg_DRIVERS}" "${arg_UNPARSED_ARGUMENTS}")
    add_test(NAME ${name} COMMAND ${name})
    if(NOT WDF_TEST_XML STREQUAL "")
        get_filename_component(folder "${WDF_TEST_XML}" ABSOLUTE BASE_DIR ${CMAKE_BINARY_DIR})
        file(MAKE_DIRECTORY ${folder})
        set_tests_properties(${name} PROPERTIES ENVIRONMENT
            "CMOCKA_MESSAGE_OUTPUT=xml;CMOCKA_XML_FILE=${folder}/${name}-%g.xml")
    endif()
endfunction()

function(wdf_add_driver_test name driver)
    wdf_add_test(${name} ${ARGN} DRIVERS ${driver})
endfunction()

# With clang the fuzzer has a build of the driver to itself: one that reports its coverage can be loaded
# by nothing else.
function(wdf_add_driver_fuzzer name driver)
    if(NOT CMAKE_C_COMPILER_ID MATCHES "Clang")
        wdf_add_program(${name} ${driver} "${ARGN};${WDF_ADD_TEST_DIR}/wdf_fuzz_files.c")
        return()
    endif()
    get_target_property(sources ${driver} WDF_SOURCES)
    get_target_property(include_directories ${driver} INCLUDE_DIRECTORIES)
    get_target_property(definitions ${driver} COMPILE_DEFINITIONS)
    if(NOT definitions)
        set(definitions "")
    endif()
    wdf_add_driver(${name}_driver ${sources}
        INCLUDE_DIRECTORIES ${include_directories} DEFINITIONS ${definitions})
    set_target_properties(${name}_driver PROPERTIES OUTPUT_NAME ${driver}
        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${name}.driver)
    target_compile_options(${name}_driver PRIVATE -fsanitize=fuzzer-no-link)
    wdf_add_program(${name} "" "${ARGN}")
    string(TOUPPER ${driver} upper)
    string(MAKE_C_IDENTIFIER ${upper} upper)
    target_compile_definitions(${name} PRIVATE
        "WC_DRIVER_${upper}=\"$<TARGET_FILE:${name}_driver>\"")
    add_dependencies(${name} ${name}_driver)
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
endfunction()
