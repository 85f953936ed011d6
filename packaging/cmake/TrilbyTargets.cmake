# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# How every target of Trilby is built: one place for flags, one function per kind of target.

# The build tree mirrors the installed tree, so that programs find their parts the same way in both.
set(TRILBY_STAGE_BIN ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_BINDIR})
set(TRILBY_STAGE_LIB ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBDIR}/trilby)
set(TRILBY_STAGE_LIBEXEC ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_LIBEXECDIR}/trilby)
set(TRILBY_STAGE_DATA ${PROJECT_BINARY_DIR}/${CMAKE_INSTALL_DATADIR}/trilby)
set(TRILBY_TESTS_DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/trilby/tests)
set(TRILBY_STAGE_TESTS ${PROJECT_BINARY_DIR}/${TRILBY_TESTS_DESTINATION})

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)  # there are none, and looking for them doubles the steps

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # It stores what uses a precompiled header only if told so, and with the compiler's list of headers
    # it need not preprocess everything once more.
    set(_launcher ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_DEPEND=1
        ${CCACHE_PROGRAM})
    set(CMAKE_C_COMPILER_LAUNCHER ${_launcher})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${_launcher})
endif()

# Language, visibility and sanitizers: for everything of ours.
add_library(trilby_settings INTERFACE)
target_compile_features(trilby_settings INTERFACE cxx_std_23 c_std_11)
target_include_directories(trilby_settings INTERFACE
    ${PROJECT_SOURCE_DIR}/include
    ${PROJECT_SOURCE_DIR}/src
    ${PROJECT_BINARY_DIR}/src)
target_compile_options(trilby_settings INTERFACE
    -fvisibility=hidden $<$<COMPILE_LANGUAGE:CXX>:-fvisibility-inlines-hidden>
    # GCC collects garbage less often, which saves an eighth of its time for a tenth more memory.
    $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-expand=1000;--param=ggc-min-heapsize=4000000>)
# As in Fedora's packages: an index or an iterator out of range ends the program.
target_compile_definitions(trilby_settings INTERFACE
    $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<CONFIG:Debug>>:_GLIBCXX_ASSERTIONS>)
# A program loads only the libraries that it uses: start-up time is a feature.
target_link_options(trilby_settings INTERFACE LINKER:--as-needed)
if(TRILBY_SANITIZE)
    target_compile_definitions(trilby_settings INTERFACE TRILBY_SANITIZED)
    target_compile_options(trilby_settings INTERFACE
        -fsanitize=${TRILBY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
        # What a vendor's library defines is called through types of our own. AddressSanitizer finds
        # what `object-size` finds, which takes a fifth of the time to compile.
        $<$<CXX_COMPILER_ID:Clang>:-fno-sanitize=function,object-size>)
    target_link_options(trilby_settings INTERFACE -fsanitize=${TRILBY_SANITIZE})
endif()

add_library(trilby_warnings INTERFACE)
target_compile_options(trilby_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wcast-qual -Wformat=2
    -Wno-missing-field-initializers  # designated initializers leave the rest to its default
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor;-Woverloaded-virtual>
    # GCC sees uninitialized members in moved-from std::expected and std::variant, and pointers into
    # initializer lists whose vectors have copied them.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-dangling-pointer>
    # GCC imagines wrong copies in std::string (its bugs 105651 and 105329) and wrong frees in
    # std::vector, and forgets in a precompiled header that these lines are the system's.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-array-bounds;-Wno-stringop-overflow>
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overread;-Wno-free-nonheap-object>
    # Clang sees that stable_sort of libstdc++ 12 calls what C++17 deprecated.
    $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
    $<$<BOOL:${TRILBY_WERROR}>:-Werror>)

# What nearly every source includes, parsed once: that is half of the time of compiling. The first
# target of a kind makes it, with what else is named, and the others take it from there.
function(trilby_precompile_headers target kind)
    # Clang wants the same instrumentation in all that share headers. The command line and the tests
    # take longer to compile with it, and no fuzz target links them.
    if(TRILBY_FUZZERS AND "${kind}" STREQUAL "layer")
        target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
    endif()
    get_property(owner GLOBAL PROPERTY trilby_headers_of_${kind})
    if(owner)
        target_precompile_headers(${target} REUSE_FROM ${owner})
        return()
    endif()
    set_property(GLOBAL PROPERTY trilby_headers_of_${kind} ${target})
    target_precompile_headers(${target} PRIVATE <algorithm> <array> <chrono> <expected> <filesystem>
        <functional> <map> <optional> <span> <string> <string_view> <vector> <boost/json/value.hpp>
        <fmt/format.h> <fmt/ranges.h> ${ARGN})
endfunction()

# A layer of src/: the static library trilby_NAME. HEADERS are precompiled too, for the layers of the
# same KIND.
function(trilby_layer name)
    cmake_parse_arguments(ARG "" "KIND" "SOURCES;HEADERS;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
    if(NOT ARG_KIND)
        set(ARG_KIND layer)
    endif()
    add_library(trilby_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(trilby_${name}
        PUBLIC trilby_settings ${ARG_DEPENDS}
        PRIVATE trilby_warnings ${ARG_PRIVATE_DEPENDS})
    trilby_precompile_headers(trilby_${name} ${ARG_KIND} ${ARG_HEADERS})
endfunction()

# The presets that build everything at once compile several sources of a target together
# (CMAKE_UNITY_BUILD), which halves the time. Not those of a target whose files are twins, with the
# same names inside.
function(trilby_compile_apart)
    set_target_properties(${ARGN} PROPERTIES UNITY_BUILD OFF)
endfunction()

# For a target with twins in different folders: at most eight sources of one folder together.
function(trilby_compile_by_folder target)
    set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
    # A local name may be the global one of a source that happens to be compiled before.
    target_compile_options(${target} PRIVATE -Wno-shadow)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        cmake_path(GET source PARENT_PATH folder)
        math(EXPR count_${folder} "0${count_${folder}} + 1")
        math(EXPR part "${count_${folder}} / 8")
        set_source_files_properties(${source} PROPERTIES UNITY_GROUP "${folder}${part}")
    endforeach()
endfunction()

# A program, staged and installed in `DESTINATION` (relative to the prefix).
function(trilby_program name)
    cmake_parse_arguments(ARG "" "DESTINATION" "SOURCES;DEPENDS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE trilby_settings trilby_warnings ${ARG_DEPENDS})
    set_target_properties(${name} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/${ARG_DESTINATION})
    install(TARGETS ${name} RUNTIME DESTINATION ${ARG_DESTINATION})
endfunction()

# A program that a test is or needs, named `OUTPUT_NAME` among the installed tests.
function(trilby_test_program name)
    cmake_parse_arguments(ARG "" "OUTPUT_NAME" "SOURCES;DEPENDS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE trilby_settings trilby_warnings ${ARG_DEPENDS})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
    set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${TRILBY_STAGE_TESTS})
    if(ARG_OUTPUT_NAME)
        set_target_properties(${name} PROPERTIES OUTPUT_NAME ${ARG_OUTPUT_NAME})
    endif()
    if(TRILBY_INSTALL_TESTS)
        # Every test contains the layers that it tests. Copies of their debug information would fill a package.
        target_link_options(${name} PRIVATE LINKER:--strip-debug)
        install(TARGETS ${name} RUNTIME DESTINATION ${TRILBY_TESTS_DESTINATION})
    endif()
endfunction()

# A backend module: a shared object that exports trilby_backend_get() and nothing else.
function(trilby_module name)
    cmake_parse_arguments(ARG "" "OUTPUT_FOLDER" "SOURCES;DEPENDS" ${ARGN})
    add_library(${name} MODULE ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE trilby_settings trilby_warnings ${ARG_DEPENDS})
    set(script ${PROJECT_SOURCE_DIR}/src/backends/common/module.version)
    target_link_options(${name} PRIVATE LINKER:--version-script=${script})
    set_target_properties(${name} PROPERTIES
        PREFIX ""
        LINK_DEPENDS ${script}
        LIBRARY_OUTPUT_DIRECTORY ${ARG_OUTPUT_FOLDER})
endfunction()
