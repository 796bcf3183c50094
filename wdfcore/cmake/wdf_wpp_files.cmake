# wdf_wpp_files.cmake - the .tmh files that tracewpp makes on Windows, for wdf_include_names.cmake.
#
#   wdf_wpp_read(FILE)              take the configuration blocks of FILE (begin_wpp config ... end_wpp)
#   wdf_wpp_declare(FUNCTION...)    a trace function as tracewpp's -func names it, one or more
#   wdf_wpp_write(SHARED NAME...)   write SHARED, and each NAME, which includes it
#
# Of a configuration these statements count, each ended by a semicolon:
#   FUNC name{CONDITION=VALUE,...}(PARAMETER, ..., MSG, ...)    USEPREFIX(name, "text", argument...)
#   CUSTOM_TYPE(name, Item...(...))  DEFINE_CPLX_TYPE(...)      USESUFFIX(name, "text", argument...)
# A trace function becomes a macro that asks WPP_<conditions and parameters>_ENABLED and sends the
# message, between ..._PRE and ..._POST; what it sends to is in <nt/wpp.h>.

# In lists, characters that mean something to CMake stand as others.
string(ASCII 1 WDF_WPP_SEMICOLON)
string(ASCII 2 WDF_WPP_OPEN)
string(ASCII 3 WDF_WPP_CLOSE)

set(WDF_WPP_FUNCTIONS "") # names, in the order of their declaration
set(WDF_WPP_TYPES "")     # lines of C

macro(wdf_wpp_read file)
    file(READ "${file}" wpp_text)
    if(wpp_text MATCHES "begin_wpp")
        wdf_wpp_hide(wpp_rest "${wpp_text}")
        wdf_wpp_blocks()
    endif()
endmacro()

function(wdf_wpp_hide result text)
    string(REPLACE ";" "${WDF_WPP_SEMICOLON}" text "${text}")
    string(REPLACE "[" "${WDF_WPP_OPEN}" text "${text}")
    string(REPLACE "]" "${WDF_WPP_CLOSE}" text "${text}")
    set(${result} "${text}" PARENT_SCOPE)
endfunction()

# Every block of wpp_rest, statement by statement. What is a comment around them is skipped. (Macros
# with texts as arguments would read backslashes in them once more.)
macro(wdf_wpp_blocks)
    while(wpp_rest MATCHES "begin_wpp[ \t]+config")
        string(FIND "${wpp_rest}" "begin_wpp" wpp_at)
        math(EXPR wpp_at "${wpp_at} + 9")
        string(SUBSTRING "${wpp_rest}" ${wpp_at} -1 wpp_rest)
        if(NOT wpp_rest MATCHES "^[ \t]+config")
            continue()
        endif()
        string(FIND "${wpp_rest}" "end_wpp" wpp_at)
        string(SUBSTRING "${wpp_rest}" 0 ${wpp_at} wpp_block)
        string(REGEX REPLACE "[\r\n]+" ";" wpp_lines "${wpp_block}")
        set(wpp_statement "")
        foreach(wpp_line IN LISTS wpp_lines)
            string(REGEX REPLACE "^[ \t/*]+" "" wpp_line "${wpp_line}")
            string(STRIP "${wpp_line}" wpp_line)
            if(wpp_line MATCHES "^(FUNC|USEPREFIX|USESUFFIX|CUSTOM_TYPE|DEFINE_CPLX_TYPE)[ \t(]")
                set(wpp_statement "${wpp_line}")
            elseif(NOT wpp_statement STREQUAL "")
                string(APPEND wpp_statement " ${wpp_line}")
            endif()
            string(FIND "${wpp_statement}" "${WDF_WPP_SEMICOLON}" wpp_end)
            if(NOT wpp_end EQUAL -1)
                string(SUBSTRING "${wpp_statement}" 0 ${wpp_end} wpp_statement)
                wdf_wpp_take()
                set(wpp_statement "")
            endif()
        endforeach()
    endwhile()
endmacro()

macro(wdf_wpp_declare)
    foreach(wpp_function ${ARGN})
        string(STRIP "${wpp_function}" wpp_function)
        set(wpp_statement "FUNC ${wpp_function}")
        wdf_wpp_take()
    endforeach()
endmacro()

# Take wpp_statement. Variables of the caller: WDF_WPP_FUNCTIONS, WDF_WPP_{CONSTANTS,PARAMETERS,PREFIX,SUFFIX,...}_<name>.
macro(wdf_wpp_take)
    set(wpp_string "\"(([^\"\\]|\\\\.)*)\"")
    if(wpp_statement MATCHES "^FUNC[ \t]+([A-Za-z0-9_]+)[ \t]*({([^}]*)})?[ \t]*\\((.*)\\)[ \t]*$")
        list(REMOVE_ITEM WDF_WPP_FUNCTIONS ${CMAKE_MATCH_1})
        list(APPEND WDF_WPP_FUNCTIONS ${CMAKE_MATCH_1})
        set(WDF_WPP_CONSTANTS_${CMAKE_MATCH_1} "${CMAKE_MATCH_3}")
        set(WDF_WPP_PARAMETERS_${CMAKE_MATCH_1} "${CMAKE_MATCH_4}")
    elseif(wpp_statement MATCHES
           "^USE(PREFIX|SUFFIX)[ \t]*\\([ \t]*([A-Za-z0-9_]+)[ \t]*,[ \t]*${wpp_string}(.*)\\)[ \t]*$")
        set(WDF_WPP_${CMAKE_MATCH_1}_${CMAKE_MATCH_2} "\"${CMAKE_MATCH_3}\"")
        set(WDF_WPP_${CMAKE_MATCH_1}_ARGUMENTS_${CMAKE_MATCH_2} "${CMAKE_MATCH_5}")
    elseif(wpp_statement MATCHES
           "^CUSTOM_TYPE[ \t]*\\([ \t]*([A-Za-z0-9_]+)[ \t]*,[ \t]*Item(List|Set|Enum)[A-Za-z]*[ \t]*\\(([^)]*)\\)")
        set(wpp_name "${CMAKE_MATCH_1}")
        set(wpp_kind "${CMAKE_MATCH_2}")
        string(REGEX REPLACE "[ \t\"]" "" wpp_items "${CMAKE_MATCH_3}")
        string(REPLACE "Enum" "NUMBER" wpp_kind "${wpp_kind}")
        string(TOUPPER "${wpp_kind}" wpp_kind)
        string(APPEND WDF_WPP_TYPES
               "    {\"${wpp_name}\", WDFCORE_WPP_${wpp_kind}, \"${wpp_items}\"},\n")
    elseif(wpp_statement MATCHES
           "^DEFINE_CPLX_TYPE[ \t]*\\([ \t]*([A-Za-z0-9_]+)[^,]*,[^,]*,[ \t]*xstr_t[ \t]*,[ \t]*ItemHEXDump")
        string(APPEND WDF_WPP_TYPES "    {\"${CMAKE_MATCH_1}\", WDFCORE_WPP_HEXDUMP, \"\"},\n")
    endif()
endmacro()

# The text of a condition or parameter for a message: of "LEVEL" or "FLAGS FLAG" the first there is.
function(wdf_wpp_text result constants parameters)
    foreach(name ${ARGN})
        if(name IN_LIST parameters)
            set(${result} "#${name}" PARENT_SCOPE)
            return()
        endif()
        foreach(constant IN LISTS constants)
            if(constant MATCHES "^${name}=(.*)$")
                set(${result} "\"${CMAKE_MATCH_1}\"" PARENT_SCOPE)
                return()
            endif()
        endforeach()
    endforeach()
    set(${result} "\"\"" PARENT_SCOPE)
endfunction()

# What is asked if the driver does not say: its flag is on, and its level not above ours.
function(wdf_wpp_default result names)
    set(flag "")
    foreach(name FLAGS FLAG)
        if(name IN_LIST names)
            set(flag ${name})
        endif()
    endforeach()
    if(flag STREQUAL "")
        set(control "WPP_CB[0].Control")
        set(text "(${control}.Level != 0)")
    else()
        set(control "WPP_CONTROL(WPP_BIT_##${flag})")
        set(text "((${control}.Flags[0] & WPP_MASK(WPP_BIT_##${flag})) != 0)")
    endif()
    if("LEVEL" IN_LIST names)
        set(text "(${text} && ${control}.Level >= (LEVEL))")
    endif()
    set(${result}_ENABLED "${text}" PARENT_SCOPE)
    set(${result}_LOGGER "${control}.Logger," PARENT_SCOPE)
endfunction()

# The macro of one trace function.
function(wdf_wpp_macro result name)
    string(REPLACE "," ";" constants "${WDF_WPP_CONSTANTS_${name}}")
    string(REGEX REPLACE "[ \t]" "" constants "${constants}")
    string(REGEX REPLACE "[ \t]" "" declared "${WDF_WPP_PARAMETERS_${name}}")
    # What the call looks like: f(a, b), f((a, b)), f(a, (b, c)); inside it is the same.
    set(define "#undef ${name}\n#define ${name}(")
    set(call "WDFCORE_WPP_${name}")
    if(declared MATCHES "^\\((.*)\\)$")
        set(declared "${CMAKE_MATCH_1}")
        string(APPEND define "wpp_all) ${call} wpp_all\n#define ${call}(")
    elseif(declared MATCHES "^(.*),\\((.*)\\)$")
        set(declared "${CMAKE_MATCH_1},${CMAKE_MATCH_2}")
        string(APPEND define "${CMAKE_MATCH_1},wpp_rest) "
               "WDFCORE_WPP_OPENED(${call}, ${CMAKE_MATCH_1}, WDFCORE_WPP_REST wpp_rest)\n"
               "#define ${call}(")
    endif()
    string(REPLACE "," ";" parameters "${declared}")
    set(names "")
    set(values "")
    foreach(constant IN LISTS constants)
        if(constant MATCHES "^([^=]+)=(.*)$")
            list(APPEND names ${CMAKE_MATCH_1})
            list(APPEND values "${CMAKE_MATCH_2}")
        endif()
    endforeach()
    set(message "")
    set(rest "")
    foreach(parameter IN LISTS parameters)
        if(parameter STREQUAL "MSG")
            set(message " MSG")
        elseif(NOT parameter STREQUAL "...")
            list(APPEND names ${parameter})
            list(APPEND values ${parameter})
        elseif(NOT message STREQUAL "")
            set(rest ", ##__VA_ARGS__")
        endif()
    endforeach()
    list(JOIN names "_" condition)
    set(condition "WPP_${condition}")
    if(names STREQUAL "")
        set(condition "WPP")
    endif()
    list(JOIN names ", " formal)
    list(JOIN values ", " actual)
    wdf_wpp_text(level "${constants}" "${parameters}" LEVEL)
    wdf_wpp_text(flags "${constants}" "${parameters}" FLAGS FLAG)
    wdf_wpp_default(default "${names}")
    set(prefix "\"%!STDPREFIX!\"")
    if(DEFINED WDF_WPP_PREFIX_${name})
        set(prefix "${WDF_WPP_PREFIX_${name}}")
    endif()
    foreach(kind ENABLED LOGGER)
        string(PREPEND define "#ifndef ${condition}_${kind}\n"
               "#define ${condition}_${kind}(${formal}) ${default_${kind}}\n#endif\n")
    endforeach()
    foreach(kind PRE POST)
        string(PREPEND define "#ifndef ${condition}_${kind}\n"
               "#define ${condition}_${kind}(${formal})\n#endif\n")
    endforeach()
    string(APPEND define "${declared}) \\\n    ${condition}_PRE(${actual}) \\\n"
           "    (void)(${condition}_ENABLED(${actual}) \\\n"
           "        ? (wdfcore_wpp_message(${condition}_LOGGER(${actual}) \\\n"
           "               WDFCORE_WPP_SITE(${level}, ${flags}), \\\n"
           "               ${prefix}${message} ${WDF_WPP_SUFFIX_${name}}"
           "${WDF_WPP_PREFIX_ARGUMENTS_${name}}${rest}${WDF_WPP_SUFFIX_ARGUMENTS_${name}}), 1) \\\n"
           "        : 0) \\\n    ${condition}_POST(${actual})\n\n")
    set(${result} "${define}" PARENT_SCOPE)
endfunction()

# A file that is as it was keeps its time, so that nothing is compiled for it.
function(wdf_wpp_put file text)
    set(old "")
    if(EXISTS "${file}")
        file(READ "${file}" old)
    endif()
    if(NOT old STREQUAL text)
        file(WRITE "${file}" "${text}")
    endif()
endfunction()

function(wdf_wpp_write shared)
    string(CONCAT text
        "/* Made from the sources' begin_wpp blocks, in place of tracewpp's output. */\n"
        "#pragma once\n\n#ifndef WPP_CONTROL_GUIDS\n"
        "#error \"a .tmh file is included before WPP_CONTROL_GUIDS is defined\"\n#endif\n"
        "#include <nt/wpp.h>\n\n"
        "__attribute__((unused)) static const struct wdfcore_wpp_type wdfcore_wpp_types[] = {\n"
        "${WDF_WPP_TYPES}    {NULL, WDFCORE_WPP_NUMBER, NULL}};\n\n")
    foreach(name IN LISTS WDF_WPP_FUNCTIONS)
        wdf_wpp_macro(define ${name})
        string(APPEND text "${define}")
    endforeach()
    string(REPLACE "${WDF_WPP_OPEN}" "[" text "${text}")
    string(REPLACE "${WDF_WPP_CLOSE}" "]" text "${text}")
    string(REPLACE "${WDF_WPP_SEMICOLON}" ";" text "${text}")
    wdf_wpp_put("${shared}" "${text}")
    foreach(file ${ARGN})
        get_filename_component(dir "${file}" DIRECTORY)
        file(MAKE_DIRECTORY "${dir}")
        wdf_wpp_put("${file}" "#include \"${shared}\"\n")
    endforeach()
endfunction()
