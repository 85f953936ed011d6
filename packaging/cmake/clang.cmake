# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Toolchain file that selects the first suitable Clang on this machine. libstdc++ declares std::expected
# only if the compiler reports full support for concepts, which Clang does from version 19 on.

set(_clang_versions 25 24 23 22 21 20 19)
list(TRANSFORM _clang_versions PREPEND clang-)
foreach(_clang clang ${_clang_versions})
    unset(_clang_path)
    find_program(_clang_path ${_clang} NO_CACHE)
    if(NOT _clang_path)
        continue()
    endif()
    execute_process(COMMAND ${_clang_path} -dumpversion
        OUTPUT_VARIABLE _clang_version OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(_clang_version VERSION_GREATER_EQUAL 19)
        string(REPLACE clang clang++ _clangxx ${_clang})
        set(CMAKE_C_COMPILER ${_clang})
        set(CMAKE_CXX_COMPILER ${_clangxx})
        return()
    endif()
endforeach()
message(FATAL_ERROR "no Clang 19 or newer was found: install 'clang' and 'compiler-rt' (Fedora), or "
    "'clang-19' and 'libclang-rt-19-dev' (Debian)")
