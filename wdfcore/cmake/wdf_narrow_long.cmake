# wdf_narrow_long.cmake - a driver's own `long` has 32 bits, as on Windows (wdf_narrow_long.pl).

find_program(WDF_PERL perl)
set(WDF_NARROW_LONG_SCRIPT ${CMAKE_CURRENT_LIST_DIR}/wdf_narrow_long.pl)

# wdf_narrow_long(TARGET): its C and C++ sources. Without perl they keep the host's.
function(wdf_narrow_long target)
    if(NOT WDF_PERL)
        message(WARNING "${target}: without perl `long` has 64 bits in this driver")
        return()
    endif()
    get_target_property(directories wdfcore::driver INTERFACE_INCLUDE_DIRECTORIES)
    list(TRANSFORM directories REPLACE "^\\$<BUILD_INTERFACE:(.*)>$" "\\1")
    list(FILTER directories EXCLUDE REGEX "INSTALL_INTERFACE")
    foreach(language C CXX)
        set_property(TARGET ${target} PROPERTY ${language}_COMPILER_LAUNCHER
            ${WDF_PERL} ${WDF_NARROW_LONG_SCRIPT} ${directories} --
            ${CMAKE_${language}_COMPILER_LAUNCHER} --)
    endforeach()
endfunction()
