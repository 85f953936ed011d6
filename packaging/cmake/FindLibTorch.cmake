# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

#[[.rst:
FindLibTorch
------------

Finds LibTorch's headers and libraries without PyTorch's own TorchConfig.cmake, which on Fedora asks
for ROCm's development packages and for one exact version of protobuf.

Layouts that are searched, in this order:

* ``LibTorch_ROOT`` (variable or environment): an unpacked LibTorch, or the ``torch`` folder of a
  Python wheel;
* Fedora's ``python3-torch``: ``/usr/lib64/python3.N/site-packages/torch``;
* Debian's ``libtorch-dev``: headers below ``/usr/include``, libraries in the system's folder.

Result:

``LibTorch::LibTorch``  imported target
``LibTorch_VERSION``    such as 2.14.0
``LibTorch_FLAVOUR``    ``cpu``, ``cuda`` or ``rocm``
``LibTorch_LIBRARY_DIR``  folder of the libraries; a run path is needed if the loader does not
                          search it (``LibTorch_NEEDS_RPATH``)
#]]

file(GLOB _libtorch_fedora_roots
    /usr/lib64/python3.*/site-packages/torch
    /usr/lib/python3.*/site-packages/torch)
list(SORT _libtorch_fedora_roots COMPARE NATURAL ORDER DESCENDING)
set(_libtorch_roots ${LibTorch_ROOT} $ENV{LibTorch_ROOT} ${_libtorch_fedora_roots})

find_path(LibTorch_INCLUDE_DIR ATen/ATen.h
    HINTS ${_libtorch_roots} PATH_SUFFIXES include)
find_path(LibTorch_API_INCLUDE_DIR torch/torch.h
    HINTS ${LibTorch_INCLUDE_DIR}/torch/csrc/api/include
    NO_DEFAULT_PATH)
# The libraries must be of the same installation as the headers.
get_filename_component(_libtorch_prefix "${LibTorch_INCLUDE_DIR}" DIRECTORY)
foreach(_library torch_cpu c10 torch)
    find_library(LibTorch_${_library}_LIBRARY ${_library}
        HINTS ${_libtorch_prefix}/lib NO_DEFAULT_PATH)
    if(_libtorch_prefix STREQUAL "/usr")
        find_library(LibTorch_${_library}_LIBRARY ${_library})
    endif()
    mark_as_advanced(LibTorch_${_library}_LIBRARY)
endforeach()
mark_as_advanced(LibTorch_INCLUDE_DIR LibTorch_API_INCLUDE_DIR)

set(_libtorch_version_header ${LibTorch_API_INCLUDE_DIR}/torch/version.h)
if(EXISTS ${_libtorch_version_header})
    foreach(_part MAJOR MINOR PATCH)
        file(STRINGS ${_libtorch_version_header} _line
            REGEX "^#define TORCH_VERSION_${_part} [0-9]+" LIMIT_COUNT 1)
        string(REGEX MATCH "[0-9]+$" LibTorch_VERSION_${_part} "${_line}")
    endforeach()
    set(LibTorch_VERSION
        ${LibTorch_VERSION_MAJOR}.${LibTorch_VERSION_MINOR}.${LibTorch_VERSION_PATCH})
endif()

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
if(EXISTS ${LibTorch_LIBRARY_DIR}/libtorch_hip.so)
    set(LibTorch_FLAVOUR rocm)
elseif(EXISTS ${LibTorch_LIBRARY_DIR}/libtorch_cuda.so)
    set(LibTorch_FLAVOUR cuda)
else()
    set(LibTorch_FLAVOUR cpu)
endif()
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
    # Wheels before 2.7 use libstdc++'s old string; their own config file is where they say so.
    set(_libtorch_config ${_libtorch_prefix}/share/cmake/Torch/TorchConfig.cmake)
    if(EXISTS ${_libtorch_config})
        file(STRINGS ${_libtorch_config} _old_abi REGEX "_GLIBCXX_USE_CXX11_ABI=0" LIMIT_COUNT 1)
        if(_old_abi)
            target_compile_definitions(LibTorch::LibTorch INTERFACE _GLIBCXX_USE_CXX11_ABI=0)
        endif()
    endif()
endif()
