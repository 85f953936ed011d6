# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Compilers of GPU code, called directly: CMake's HIP language does not find Debian's ROCm, and one
# source cannot have two languages in a folder.
#
# trilby_find_cuda()  sets TRILBY_CUDA_COMPILER, empty if there is none, and TRILBY_CUDA_ARCHITECTURES
# trilby_find_rocm()  sets TRILBY_ROCM_COMPILER, and TRILBY_ROCM_ARCHITECTURES
# trilby_gpu_kernels(cuda|rocm SOURCES ...)  makes the static library trilby_kernels_cuda or _rocm
# trilby_kernel_targets(cuda|rocm|host RESULT)  the GPUs that its code is for, as compilers call them

macro(trilby_find_cuda)
    find_package(CUDAToolkit QUIET)
    set(TRILBY_CUDA_COMPILER)
    if(CUDAToolkit_FOUND AND TARGET CUDA::cudart_static)
        set(TRILBY_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE})
        trilby_cuda_architectures()
    endif()
endmacro()

# All that the compiler knows: LibTorch may be older than the compiler's last ones.
macro(trilby_cuda_architectures)
    if(NOT TRILBY_CUDA_ARCHITECTURES)
        execute_process(COMMAND ${TRILBY_CUDA_COMPILER} --list-gpu-code
            OUTPUT_VARIABLE _listed COMMAND_ERROR_IS_FATAL ANY)
        string(REGEX MATCHALL "sm_[0-9]+" _listed "${_listed}")
        list(TRANSFORM _listed REPLACE "sm_" "")
        list(SORT _listed COMPARE NATURAL)
        list(REMOVE_DUPLICATES _listed)
        set(TRILBY_CUDA_ARCHITECTURES "${_listed}" CACHE STRING
            "Compute capabilities to compile for, such as '80;90'; later ones run what is for the last")
    endif()
endmacro()

macro(trilby_find_rocm)
    find_program(TRILBY_ROCM_COMPILER hipcc HINTS $ENV{ROCM_PATH} /opt/rocm PATH_SUFFIXES bin)
    find_library(TRILBY_HIP_LIBRARY amdhip64 HINTS $ENV{ROCM_PATH} /opt/rocm PATH_SUFFIXES lib lib64)
    mark_as_advanced(TRILBY_ROCM_COMPILER TRILBY_HIP_LIBRARY)
    if(TRILBY_ROCM_COMPILER AND TRILBY_HIP_LIBRARY)
        trilby_rocm_architectures()
    else()
        set(TRILBY_ROCM_COMPILER)
    endif()
endmacro()

# hipcc has no list of its own: what it can compile for is tried, once.
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

# What a backend module needs, or an error that says what is missing.
macro(trilby_require_gpu flavour)
    if(NOT LibTorch_FLAVOUR STREQUAL ${flavour})
        message(FATAL_ERROR "the LibTorch in ${LibTorch_LIBRARY_DIR} is for ${LibTorch_FLAVOUR}; "
            "the ${flavour} module needs one for ${flavour}: set LibTorch_ROOT to its folder")
    endif()
    cmake_language(CALL trilby_find_${flavour})
    string(TOUPPER ${flavour} _upper)
    if(NOT TRILBY_${_upper}_COMPILER)
        set(_needed_for_cuda "nvcc and the CUDA runtime's static library: install the CUDA toolkit, or "
            "set CUDAToolkit_ROOT to its folder")
        set(_needed_for_rocm "hipcc and libamdhip64: install hipcc and rocm-hip-devel, or set ROCM_PATH")
        message(FATAL_ERROR "the ${flavour} module needs " ${_needed_for_${flavour}})
    endif()
endmacro()

function(trilby_cuda_flags result)
    set(flags -std=c++17 -O3 -Wno-deprecated-gpu-targets
        -Xcompiler=-fPIC,-fvisibility=hidden,-Wall,-Wextra)
    foreach(architecture IN LISTS TRILBY_CUDA_ARCHITECTURES)
        list(APPEND flags --generate-code=arch=compute_${architecture},code=sm_${architecture})
    endforeach()
    list(GET TRILBY_CUDA_ARCHITECTURES -1 last)
    list(APPEND flags --generate-code=arch=compute_${last},code=compute_${last})
    set(${result} ${flags} PARENT_SCOPE)
endfunction()

function(trilby_rocm_flags result)
    set(flags -std=c++17 -O3 -fPIC -fvisibility=hidden -Wall -Wextra -x hip)
    foreach(architecture IN LISTS TRILBY_ROCM_ARCHITECTURES)
        list(APPEND flags --offload-arch=${architecture})
    endforeach()
    set(${result} ${flags} PARENT_SCOPE)
endfunction()

function(trilby_kernel_targets flavour result)
    set(targets)
    if(flavour STREQUAL cuda)
        list(TRANSFORM TRILBY_CUDA_ARCHITECTURES PREPEND sm_ OUTPUT_VARIABLE targets)
        list(GET TRILBY_CUDA_ARCHITECTURES -1 last)
        list(APPEND targets compute_${last})
    elseif(flavour STREQUAL rocm)
        set(targets ${TRILBY_ROCM_ARCHITECTURES})
    endif()
    set(${result} ${targets} PARENT_SCOPE)
endfunction()

function(trilby_gpu_kernels flavour)
    cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
    string(TOUPPER ${flavour} upper)
    cmake_language(CALL trilby_${flavour}_flags flags)
    set(objects)
    foreach(source IN LISTS ARG_SOURCES)
        set(object ${CMAKE_CURRENT_BINARY_DIR}/${flavour}/${source}.o)
        add_custom_command(
            OUTPUT ${object}
            COMMAND ${TRILBY_${upper}_COMPILER} ${flags} -I${PROJECT_SOURCE_DIR}/src
                -MD -MF ${object}.d -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
            DEPENDS ${source}
            DEPFILE ${object}.d
            COMMENT "Compiling ${source} for ${TRILBY_${upper}_ARCHITECTURES}"
            VERBATIM)
        list(APPEND objects ${object})
    endforeach()
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${flavour})
    set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    add_library(trilby_kernels_${flavour} STATIC ${objects})
    set_target_properties(trilby_kernels_${flavour} PROPERTIES LINKER_LANGUAGE CXX)
    target_link_libraries(trilby_kernels_${flavour} PUBLIC trilby_settings
        $<$<STREQUAL:${flavour},cuda>:CUDA::cudart_static>
        $<$<STREQUAL:${flavour},rocm>:${TRILBY_HIP_LIBRARY}>)
endfunction()
