# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# nvcc, the compiler of CUDA (see TrilbyKernels.cmake).

set(TRILBY_CUDA_NEEDS "nvcc and the CUDA runtime's static library: install the CUDA toolkit, or set "
    "CUDAToolkit_ROOT to its folder")
set(TRILBY_CUDA_RUNTIME CUDA::cudart_static)

macro(trilby_find_cuda)
    if(TRILBY_CUDA_COMPILER)
        cmake_path(GET TRILBY_CUDA_COMPILER PARENT_PATH _folder)
        cmake_path(GET _folder PARENT_PATH CUDAToolkit_ROOT)
    endif()
    find_package(CUDAToolkit QUIET)
    set(TRILBY_CUDA_COMPILER)
    if(CUDAToolkit_FOUND AND TARGET CUDA::cudart_static)
        set(TRILBY_CUDA_COMPILER ${CUDAToolkit_NVCC_EXECUTABLE})
        trilby_cuda_architectures()
    endif()
endmacro()

# All that the compiler knows: LibTorch may be older than the latest of them.
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

function(trilby_cuda_targets result)
    list(TRANSFORM TRILBY_CUDA_ARCHITECTURES PREPEND sm_ OUTPUT_VARIABLE targets)
    list(GET TRILBY_CUDA_ARCHITECTURES -1 last)
    list(APPEND targets compute_${last})
    set(${result} ${targets} PARENT_SCOPE)
endfunction()
