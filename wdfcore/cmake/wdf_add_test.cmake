# wdf_add_test.cmake - build a cmocka test of a driver (<wdfcore/testing.h>) and give it to ctest.
#
#   wdf_add_test(NAME source... [DRIVERS target...])
#
# NAME holds the whole library, so that the driver modules it loads find the API in it.
#   DRIVERS  targets of wdf_add_driver: built first, path in the macro WC_DRIVER_<NAME>
# Call enable_testing() before it, in the top CMakeLists.txt.

function(wdf_add_test name)
    cmake_parse_arguments(arg "" "" "DRIVERS" ${ARGN})
    if(NOT TARGET wdfcore::testing)
        message(FATAL_ERROR "wdf_add_test: wdfcore was built without its test kit (cmocka)")
    endif()
    add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
    set_target_properties(${name} PROPERTIES
        ENABLE_EXPORTS ON C_EXTENSIONS ON EXPORT_COMPILE_COMMANDS ON)
    target_link_libraries(${name} PRIVATE wdfcore::testing wdfcore::driver)
    foreach(driver ${arg_DRIVERS})
        string(TOUPPER ${driver} upper)
        string(MAKE_C_IDENTIFIER ${upper} upper)
        target_compile_definitions(${name} PRIVATE "WC_DRIVER_${upper}=\"$<TARGET_FILE:${driver}>\"")
        add_dependencies(${name} ${driver})
    endforeach()
    add_test(NAME ${name} COMMAND ${name})
endfunction()
