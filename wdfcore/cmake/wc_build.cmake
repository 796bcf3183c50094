# wc_build.cmake - how wdfcore itself is compiled: build types, flags, one object library a layer.
#
# Include paths of every layer: include/ (public headers) and wdfcore/ (internal ones), so that
# sources write "nt/dpc/ke_dpc.h" for an internal header and <wdfcore/machine.h> or <wdm.h> for a
# public one.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(WC_DRIVER_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/drivers)

# Build types. None defines NDEBUG: assertions stay in every build.
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_C_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_C_FLAGS_DEBUG "-O0 -g3")
set(CMAKE_C_FLAGS_ASAN "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all")
set(CMAKE_C_FLAGS_TSAN "-O1 -g -fsanitize=thread")
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # gcc loses sight of what is initialized once it has added its checks, and warns that tsan does
    # not see fences (KeMemoryBarrier).
    string(APPEND CMAKE_C_FLAGS_ASAN " -Wno-maybe-uninitialized")
    string(APPEND CMAKE_C_FLAGS_TSAN " -Wno-maybe-uninitialized -Wno-tsan")
endif()
set(CMAKE_C_FLAGS_COVERAGE "-O0 -g --coverage -fprofile-update=atomic")
foreach(type ASAN TSAN COVERAGE)
    foreach(kind EXE SHARED MODULE)
        set(CMAKE_${kind}_LINKER_FLAGS_${type} "")
    endforeach()
endforeach()

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBUV REQUIRED IMPORTED_TARGET libuv)
pkg_check_modules(LIBDW REQUIRED IMPORTED_TARGET libdw)

# The library under a fuzzer reports its coverage to it.
if(WC_FUZZERS)
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# What the public headers ask of whoever includes them.
add_library(wdfcore_host INTERFACE)
add_library(wdfcore::host ALIAS wdfcore_host)
set_target_properties(wdfcore_host PROPERTIES EXPORT_NAME host)
target_include_directories(wdfcore_host INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# What Microsoft's compiler and build say of a 64-bit kernel: sources ask before they include anything.
set(WC_DRIVER_DEFINITIONS -D_KERNEL_MODE=1 -D_WIN64=1 -D_AMD64_=1 -DAMD64=1 -D_M_AMD64=100 -D_M_X64=100)
set(WC_DRIVER_FLAGS -fshort-wchar -fms-extensions -Wno-unknown-pragmas -Wno-multichar
    ${WC_DRIVER_DEFINITIONS})
add_library(wdfcore_driver INTERFACE)
add_library(wdfcore::driver ALIAS wdfcore_driver)
set_target_properties(wdfcore_driver PROPERTIES EXPORT_NAME driver)
# Structures of the API end in an array of one that is longer, also as members of each other: gcc takes
# the one for the truth in a loop.
target_compile_options(wdfcore_driver INTERFACE
    ${WC_DRIVER_FLAGS} $<$<C_COMPILER_ID:Clang>:-Wno-microsoft>
    $<$<C_COMPILER_ID:GNU>:-fno-aggressive-loop-optimizations>)
target_include_directories(wdfcore_driver INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/wdfcore-driver>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# Warnings for everything of ours, drivers included. Unused parameters are the rule in callbacks.
add_library(wc_warnings INTERFACE)
target_compile_options(wc_warnings INTERFACE
    -Wall -Wextra -Wshadow -Wvla -Wno-unused-parameter
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition>
    $<$<BOOL:${WC_WERROR}>:-Werror>)

# Code generation of the library and of the tests that link it.
add_library(wc_internal INTERFACE)
target_compile_options(wc_internal INTERFACE
    -fvisibility=hidden -ftls-model=initial-exec -fno-omit-frame-pointer -momit-leaf-frame-pointer -falign-functions=64)
target_compile_definitions(wc_internal INTERFACE _GNU_SOURCE)
target_include_directories(wc_internal INTERFACE
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_SOURCE_DIR}/wdfcore)
target_link_libraries(wc_internal INTERFACE wc_warnings Threads::Threads ${CMAKE_DL_LIBS})

# wc_add_layer(NAME [DRIVER] SOURCES file...): object library wc_NAME, gathered into wdfcore.
# DRIVER: the layer sees Microsoft-named headers, so it has the driver flags.
# A layer without sources is skipped.
function(wc_add_layer name)
    cmake_parse_arguments(arg "DRIVER" "" "SOURCES;LIBRARIES" ${ARGN})
    if(NOT arg_SOURCES)
        return()
    endif()
    add_library(wc_${name} OBJECT ${arg_SOURCES})
    target_link_libraries(wc_${name} PRIVATE wc_internal ${arg_LIBRARIES})
    if(arg_DRIVER)
        target_link_libraries(wc_${name} PRIVATE wdfcore_driver)
    endif()
    set_property(GLOBAL APPEND PROPERTY WC_LAYER_OBJECTS $<TARGET_OBJECTS:wc_${name}>)
endfunction()
