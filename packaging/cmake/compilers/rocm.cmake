# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# hipcc, the compiler of ROCm (see TrilbyKernels.cmake). It is called directly, as CMake's HIP language
# does not find Debian's ROCm.

set(TRILBY_ROCM_NEEDS "hipcc and libamdhip64: install hipcc and rocm-hip-devel, or set ROCM_PATH")

macro(trilby_find_rocm)
    find_program(TRILBY_ROCM_COMPILER hipcc HINTS $ENV{ROCM_PATH} /opt/rocm PATH_SUFFIXES bin)
    find_library(TRILBY_HIP_LIBRARY amdhip64 HINTS $ENV{ROCM_PATH} /opt/rocm PATH_SUFFIXES lib lib64)
    mark_as_advanced(TRILBY_ROCM_COMPILER TRILBY_HIP_LIBRARY)
    if(TRILBY_ROCM_COMPILER AND TRILBY_HIP_LIBRARY)
        set(TRILBY_ROCM_RUNTIME ${TRILBY_HIP_LIBRARY})
        trilby_rocm_architectures()
    else()
        set(TRILBY_ROCM_COMPILER)
    endif()
endmacro()

# hipcc does not list its targets: each is tried, once.
macro(trilby_rocm_architectures)
    if(NOT TRILBY_ROCM_ARCHITECTURES)
        set(_known)
        set(_trial ${CMAKE_CURRENT_BINARY_DIR}/hipcc_trial.hip)
        file(WRITE ${_trial} "#include <hip/hip_runtime.h>\n__global__ void trial() {}\n")
        foreach(_architecture IN ITEMS gfx900 gfx906 gfx908 gfx90a gfx942 gfx950 gfx1010 gfx1012
                gfx1030 gfx1031 gfx1032 gfx1034 gfx1035 gfx1036 gfx1100 gfx1101 gfx1102 gfx1103
                gfx1150 gfx1151 gfx1152 gfx1153 gfx1200 gfx1201)
            execute_process(
                COMMAND ${TRILBY_ROCM_COMPILER} --offload-arch=${_architecture} -c ${_trial}
                    -o ${_trial}.o
                RESULT_VARIABLE _failed OUTPUT_QUIET ERROR_QUIET)
            if(NOT _failed)
                list(APPEND _known ${_architecture})
            endif()
        endforeach()
        if(NOT _known)
            message(FATAL_ERROR "${TRILBY_ROCM_COMPILER} compiles for no GPU that Trilby knows")
        endif()
        set(TRILBY_ROCM_ARCHITECTURES "${_known}" CACHE STRING "AMD GPUs to compile for")
    endif()
endmacro()

function(trilby_rocm_flags result)
    set(flags -std=c++17 -O3 -fPIC -fvisibility=hidden -Wall -Wextra -x hip)
    foreach(architecture IN LISTS TRILBY_ROCM_ARCHITECTURES)
        list(APPEND flags --offload-arch=${architecture})
    endforeach()
    set(${result} ${flags} PARENT_SCOPE)
endfunction()

function(trilby_rocm_targets result)
    set(${result} ${TRILBY_ROCM_ARCHITECTURES} PARENT_SCOPE)
endfunction()
