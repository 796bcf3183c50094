# wdf_add_driver.cmake - build the source of a Windows driver as a module that wdfcore loads.
#
#   wdf_add_driver(NAME source... [PROJECT file.vcxproj...] [WINDOWS_EVERYWHERE] [WERROR]
#                  [INCLUDE_DIRECTORIES dir...] [DEFINITIONS def...] [WPP_FUNCTIONS function...]
#                  [MOF header.h=file.mof...] [MESSAGES header.h=file.mc|file.man...])
#
# NAME becomes NAME.so, without a prefix. It is not linked with libwdfcore: the API is found in the
# process that loads it (`wdf`, or a test that links wdfcore). Include names match without regard to
# case (wdf_include_names.cmake).
#   PROJECT             what these Visual Studio projects say for x64: sources, include directories,
#                       definitions, trace functions, MOF and message files, and the same of the
#                       static libraries that it refers to; it adds to what is said here. A file
#                       named `sources` is one of the build tools before Visual Studio
#   MOF, MESSAGES       headers that the driver includes and that on Windows wmimofck or mc makes, of
#                       messages (.mc) or of a manifest of events (.man, with the macros of kernel mode)
#   WINDOWS_EVERYWHERE  every basic block is a window, so that loops that call nothing still run
#   WERROR              warnings are errors (ours: yes; a driver brought along: no)
#   WPP_FUNCTIONS       trace functions that only the project file declares (its WppTraceFunction):
#                       "TraceEvents(LEVEL,FLAGS,MSG,...)"; begin_wpp blocks are found by themselves
# With -DWDF_COVERAGE=ON it counts which of its lines run (gcov; under clang: llvm-cov gcov).
#
#   wdf_add_model(NAME source...)
#
# NAME.so, a device of one's own (<wdfcore/model.h>) for `wdf run --load`. A test names the sources.

set(WDF_ADD_DRIVER_DIR ${CMAKE_CURRENT_LIST_DIR})
# What Microsoft's compiler promises and drivers rely on, where ours would make use of the opposite:
# any pointer may alias, integers wrap, a pointer that was used may still be tested.
set(WDF_DRIVER_SEMANTICS -fno-strict-aliasing -fwrapv -fno-delete-null-pointer-checks)
include(${CMAKE_CURRENT_LIST_DIR}/wdf_narrow_long.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/wdf_read_project.cmake)
option(WDF_COVERAGE "Drivers count which of their lines run" OFF)

function(wdf_add_driver name)
    cmake_parse_arguments(arg "WINDOWS_EVERYWHERE;WERROR" ""
        "PROJECT;INCLUDE_DIRECTORIES;DEFINITIONS;WPP_FUNCTIONS;MOF;MESSAGES" ${ARGN})
    set(beside "")
    foreach(project IN LISTS arg_PROJECT)
        get_filename_component(project ${project} ABSOLUTE)
        wdf_read_project(${project})
        get_filename_component(directory ${project} DIRECTORY)
        list(APPEND arg_UNPARSED_ARGUMENTS ${project_SOURCES})
        # "name" may be a file beside the project (of one in whose folder it is included), <name> only if nothing
        # else has that name: wdf_include_names.cmake.
        list(APPEND beside ${directory})
        list(APPEND arg_INCLUDE_DIRECTORIES ${project_DIRECTORIES})
        list(APPEND arg_DEFINITIONS ${project_DEFINITIONS})
        list(APPEND arg_WPP_FUNCTIONS ${project_WPP_FUNCTIONS})
        list(APPEND arg_MOF ${project_MOF})
        list(APPEND arg_MESSAGES ${project_MESSAGES})
        set_source_files_properties(${project_AS_CXX} PROPERTIES LANGUAGE CXX)
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${project})
    endforeach()
    if(NOT arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR "wdf_add_driver(${name}): ${arg_PROJECT} names no source in C or C++")
    endif()
    add_library(${name} MODULE ${arg_UNPARSED_ARGUMENTS})
    set_target_properties(${name} PROPERTIES
        PREFIX "" SUFFIX ".so" C_EXTENSIONS ON CXX_EXTENSIONS ON POSITION_INDEPENDENT_CODE ON
        EXPORT_COMPILE_COMMANDS ON WDF_SOURCES "${arg_UNPARSED_ARGUMENTS}")
    if(WC_DRIVER_OUTPUT_DIRECTORY)
        set_target_properties(${name} PROPERTIES
            LIBRARY_OUTPUT_DIRECTORY ${WC_DRIVER_OUTPUT_DIRECTORY})
    endif()
    target_include_directories(${name} PRIVATE
        ${CMAKE_CURRENT_SOURCE_DIR} ${arg_INCLUDE_DIRECTORIES})
    foreach(directory IN LISTS beside)
        target_compile_options(${name} PRIVATE "SHELL:-iquote \"${directory}\"")
    endforeach()
    target_compile_definitions(${name} PRIVATE ${arg_DEFINITIONS})
    target_link_libraries(${name} PRIVATE wdfcore::driver)
    wdf_match_include_names(${name} "${arg_MOF};${arg_MESSAGES}" "${beside}" ${arg_WPP_FUNCTIONS})
    # No tail calls: the last call of a function is the driver's too, for reports and call logs.
    # Lines at least; Debug and RelWithDebInfo have said -g themselves.
    target_compile_options(${name} PRIVATE $<$<NOT:$<CONFIG:Debug,RelWithDebInfo>>:-g1>
        -fno-omit-frame-pointer -fno-optimize-sibling-calls ${WDF_DRIVER_SEMANTICS})
    # What a driver defines itself wins over a function of that name in the process. Microsoft's inline
    # functions are in every source that uses them, and one of them is in the module.
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:C>:-fgnu89-inline>)
    # A constant that changes its sign, in braces or after case (an IOCTL, say), is no error to Microsoft's.
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wno-narrowing>)
    # So is a goto past a variable whose value nobody needs behind the label, as in cleanup code.
    target_compile_options(${name} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpermissive>)
    target_link_options(${name} PRIVATE -Wl,-Bsymbolic -Wl,-z,muldefs)
    # The kernel has sqrt and its like; the host's are in a library of their own.
    target_link_libraries(${name} PRIVATE -Wl,--as-needed m -Wl,--no-as-needed)
    wdf_narrow_long(${name})
    if(CMAKE_C_COMPILER_ID STREQUAL "Clang")
        wdf_keep_locals(${arg_UNPARSED_ARGUMENTS})
    endif()
    if(WDF_COVERAGE)
        wdf_count_lines(${name})
    endif()
    if(arg_WERROR)
        target_compile_options(${name} PRIVATE -Wall -Wextra -Werror -Wno-unused-parameter)
    endif()
    if(arg_WINDOWS_EVERYWHERE)
        # gcc hoists a plain load out of a loop before it places the hook, except under -Og.
        target_compile_options(${name} PRIVATE
            -fsanitize-coverage=trace-pc $<$<C_COMPILER_ID:GNU>:-Og>)
    endif()
endfunction()

# wdf_count_lines(TARGET): --coverage, and a function by which the counts are written whenever a use of
# the module ends: the next use begins with fresh globals, the counts among them.
function(wdf_count_lines target)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}.coverage.c)
    file(GENERATE OUTPUT ${source} CONTENT
"extern void __gcov_dump(void);
void wdfcore_driver_use_ends(void);
void wdfcore_driver_use_ends(void)
{
    __gcov_dump();
}
")
    set_source_files_properties(${source} PROPERTIES GENERATED ON)
    target_sources(${target} PRIVATE ${source})
    target_compile_options(${target} PRIVATE --coverage)
    target_link_options(${target} PRIVATE --coverage)
endfunction()

function(wdf_add_model name)
    add_library(${name} MODULE ${ARGN})
    set_target_properties(${name} PROPERTIES PREFIX "" SUFFIX ".so" C_EXTENSIONS ON
        POSITION_INDEPENDENT_CODE ON EXPORT_COMPILE_COMMANDS ON)
    target_compile_options(${name} PRIVATE -g1 -fno-omit-frame-pointer)
    target_link_libraries(${name} PRIVATE wdfcore::host)
endfunction()

# wdf_keep_locals(source...): clang keeps what a __try body changed in registers, where its handler does
# not find it (<excpt.h>). Sources that have one are compiled without the passes that do so.
function(wdf_keep_locals)
    foreach(source IN LISTS ARGN)
        get_filename_component(source ${source} ABSOLUTE)
        if(EXISTS ${source})
            file(STRINGS ${source} found REGEX "(^|[^A-Za-z0-9_])(__)?try[ \t{]*$" LIMIT_COUNT 1)
            if(found)
                set_property(SOURCE ${source} APPEND PROPERTY
                    COMPILE_OPTIONS -Xclang -disable-llvm-passes)
            endif()
        endif()
    endforeach()
endfunction()

# wdf_match_include_names(TARGET MADE BESIDE [FUNCTION...]): before TARGET compiles, give it a header under each
# spelling that its sources use, however the file's name is really written, the .tmh files of WPP
# with the trace functions that its sources declare, and those FUNCTIONs, and the headers MADE of other files. The
# folders BESIDE the project are looked through last.
function(wdf_match_include_names target headers beside)
    set(dir ${CMAKE_CURRENT_BINARY_DIR}/${target}.includes)
    set(sources "")
    get_target_property(listed ${target} SOURCES)
    foreach(source IN LISTS listed)
        get_filename_component(source ${source} ABSOLUTE)
        list(APPEND sources ${source})
    endforeach()
    set(made "")
    list(REMOVE_ITEM headers "")
    foreach(pair IN LISTS headers)
        if(NOT pair MATCHES "^([^=]+\\.[hH])=(.+)$")
            message(FATAL_ERROR "wdf_add_driver(${target}): ${pair} is not header.h=file")
        endif()
        set(header ${CMAKE_MATCH_1})
        get_filename_component(source ${CMAKE_MATCH_2} ABSOLUTE)
        list(APPEND made "${header}=${source}")
        target_include_directories(${target} PRIVATE ${dir}.made)
    endforeach()
    set(script ${WDF_ADD_DRIVER_DIR}/wdf_include_names.cmake)
    set(scripts ${script} ${WDF_ADD_DRIVER_DIR}/wdf_find_nocase.cmake
        ${WDF_ADD_DRIVER_DIR}/wdf_manifest.pl ${WDF_ADD_DRIVER_DIR}/wdf_message_files.cmake
        ${WDF_ADD_DRIVER_DIR}/wdf_mof_files.cmake ${WDF_ADD_DRIVER_DIR}/wdf_wpp_files.cmake)
    add_custom_command(
        OUTPUT ${dir}.stamp
        COMMAND ${CMAKE_COMMAND} -DOUT=${dir} "-DSOURCES=${sources}"
                "-DDIRS=$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>" "-DBESIDE=${beside}"
                "-DWPP_FUNCTIONS=${ARGN}" "-DMADE=${made}"
                -DSTAMP=${dir}.stamp -DDEPFILE=${dir}.d -P ${script}
        DEPENDS ${sources} ${scripts}
        DEPFILE ${dir}.d
        COMMENT "Matching include names of ${target}"
        VERBATIM)
    add_custom_target(${target}_includes DEPENDS ${dir}.stamp)
    add_dependencies(${target} ${target}_includes)
    target_include_directories(${target} PRIVATE ${dir})
endfunction()
