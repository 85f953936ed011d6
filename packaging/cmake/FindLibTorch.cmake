# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

#[[.rst:
FindLibTorch
------------

Finds LibTorch's headers and libraries without PyTorch's own TorchConfig.cmake, which on Fedora
requires ROCm's development packages and one exact version of protobuf.

Locations, in the order in which they are searched:

* ``LibTorch_ROOT`` (variable or environment): an unpacked LibTorch, or the ``torch`` folder of a
  Python wheel. If it is set, nothing else is searched.
* Fedora's ``python3-torch``: ``lib64/python3.N/site-packages/torch`` below ``/usr`` or a prefix in
  ``CMAKE_PREFIX_PATH``.
* Debian's ``libtorch-dev``: headers in ``include``, libraries in the system's library folder.

Results:

``LibTorch::LibTorch``  imported target
``LibTorch_VERSION``    for example 2.14.0
``LibTorch_FLAVOUR``    the backend that it is for: ``cpu``, ``cuda`` or ``rocm``
``LibTorch_GPU_LINK``   linker options for a GPU module: they keep the library that registers the
                          GPU's operations, although no symbol refers to it; empty for ``cpu``
``LibTorch_OLD_STRINGS``  true if it was built for libstdc++'s old std::string, unlike the other
                          libraries of a distribution
``LibTorch_LIBRARY_DIR``  folder of the libraries
``LibTorch_NEEDS_RPATH``  true if the loader does not search that folder, so a module needs a run path
#]]

if(LibTorch_ROOT OR DEFINED ENV{LibTorch_ROOT})
    set(_libtorch_hints ${LibTorch_ROOT} $ENV{LibTorch_ROOT})
    set(_libtorch_only_there NO_DEFAULT_PATH)
else()
    list(TRANSFORM CMAKE_PREFIX_PATH APPEND /lib64/python3.*/site-packages/torch
        OUTPUT_VARIABLE _libtorch_fedora)
    file(GLOB _libtorch_hints
        ${_libtorch_fedora} /usr/lib64/python3.*/site-packages/torch)
    list(SORT _libtorch_hints COMPARE NATURAL ORDER DESCENDING)
    set(_libtorch_only_there)
endif()

find_path(LibTorch_INCLUDE_DIR ATen/ATen.h
    HINTS ${_libtorch_hints} PATH_SUFFIXES include ${_libtorch_only_there})
find_path(LibTorch_API_INCLUDE_DIR torch/torch.h
    HINTS ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include
    NO_DEFAULT_PATH)
# The libraries must come from the same installation as the headers.
get_filename_component(_libtorch_prefix "${LibTorch_INCLUDE_DIR}" DIRECTORY)
foreach(_library torch_cpu c10 torch)
    find_library(LibTorch_${_library}_LIBRARY ${_library}
        HINTS ${_libtorch_prefix}
        PATH_SUFFIXES lib lib/${CMAKE_LIBRARY_ARCHITECTURE} lib64
        NO_DEFAULT_PATH)
    mark_as_advanced(LibTorch_${_library}_LIBRARY)
endforeach()
mark_as_advanced(LibTorch_INCLUDE_DIR LibTorch_API_INCLUDE_DIR)

# Newer versions define the numbers in the first header, which the second includes.
foreach(_header ${LibTorch_INCLUDE_DIR}/torch/headeronly/version.h
                ${LibTorch_API_INCLUDE_DIR}/torch/version.h)
    if(EXISTS ${_header} AND NOT LibTorch_VERSION)
        set(LibTorch_VERSION)
        foreach(_part MAJOR MINOR PATCH)
            file(STRINGS ${_header} _line
                REGEX "^#define TORCH_VERSION_${_part} [0-9]+" LIMIT_COUNT 1)
            string(REGEX MATCH "[0-9]+$" _number "${_line}")
            list(APPEND LibTorch_VERSION ${_number})
        endforeach()
        list(JOIN LibTorch_VERSION . LibTorch_VERSION)
    endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
    REQUIRED_VARS LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY LibTorch_torch_LIBRARY
                  LibTorch_INCLUDE_DIR LibTorch_API_INCLUDE_DIR
    VERSION_VAR LibTorch_VERSION
    REASON_FAILURE_MESSAGE "install libtorch-dev (Debian) or python3-torch (Fedora), or set LibTorch_ROOT to a LibTorch or wheel folder")
if(NOT LibTorch_FOUND)
    return()
endif()

get_filename_component(LibTorch_LIBRARY_DIR ${LibTorch_torch_cpu_LIBRARY} DIRECTORY)
include(${CMAKE_CURRENT_LIST_DIR}/TrilbyBackends.cmake)
set(LibTorch_FLAVOUR cpu)
set(LibTorch_GPU_LINK)
foreach(_backend IN LISTS TRILBY_GPU_BACKENDS)
    set(_libtorch_gpu ${LibTorch_LIBRARY_DIR}/${TRILBY_TORCH_LIBRARY_${_backend}})
    if(EXISTS ${_libtorch_gpu})
        set(LibTorch_FLAVOUR ${_backend})
        set(LibTorch_GPU_LINK -Wl,--push-state,--no-as-needed,${_libtorch_gpu},--pop-state)
    endif()
endforeach()
set(LibTorch_NEEDS_RPATH ON)
if(LibTorch_LIBRARY_DIR IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
    set(LibTorch_NEEDS_RPATH OFF)
endif()

if(NOT TARGET LibTorch::LibTorch)
    add_library(LibTorch::LibTorch INTERFACE IMPORTED)
    target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
        ${LibTorch_INCLUDE_DIR} ${LibTorch_API_INCLUDE_DIR})
    target_link_libraries(LibTorch::LibTorch INTERFACE
        ${LibTorch_torch_LIBRARY} ${LibTorch_torch_cpu_LIBRARY} ${LibTorch_c10_LIBRARY})
    # Wheels before 2.7 use libstdc++'s old std::string. Only their own config file says so.
    set(_libtorch_config ${_libtorch_prefix}/share/cmake/Torch/TorchConfig.cmake)
    if(EXISTS ${_libtorch_config})
        file(STRINGS ${_libtorch_config} LibTorch_OLD_STRINGS
            REGEX "_GLIBCXX_USE_CXX11_ABI=0" LIMIT_COUNT 1)
        if(LibTorch_OLD_STRINGS)
            target_compile_definitions(LibTorch::LibTorch INTERFACE _GLIBCXX_USE_CXX11_ABI=0)
        endif()
    endif()
endif()
