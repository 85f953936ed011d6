# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Takes from the table of backends, src/base/backends.def:
#
# TRILBY_BACKENDS            the names of all backends
# TRILBY_GPU_BACKENDS        those that need a compiler of GPU code: all but the CPU
# TRILBY_TORCH_LIBRARY_name  the library by which a LibTorch for the backend is recognized

set(_table ${CMAKE_CURRENT_LIST_DIR}/../../src/base/backends.def)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${_table})
file(READ ${_table} _rows)
string(REGEX MATCHALL "\nTRILBY_BACKEND_ROW\\([^)]*\\.torch_library = \"[a-z_.]+\"" _rows "${_rows}")
set(TRILBY_BACKENDS)
foreach(_row IN LISTS _rows)
    string(REGEX REPLACE ".*\\(([a-z]+),.*" "\\1" _name "${_row}")
    string(REGEX REPLACE ".* = \"(.+)\"" "\\1" TRILBY_TORCH_LIBRARY_${_name} "${_row}")
    list(APPEND TRILBY_BACKENDS ${_name})
endforeach()
set(TRILBY_GPU_BACKENDS ${TRILBY_BACKENDS})
list(REMOVE_ITEM TRILBY_GPU_BACKENDS cpu)
