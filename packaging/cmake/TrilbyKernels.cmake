# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Compilers of GPU code are called directly: one source cannot have two languages in a folder.
# compilers/NAME.cmake is about that of the backend NAME. It defines, for NAME in upper case,
#
# trilby_find_NAME()           sets TRILBY_NAME_COMPILER, empty if there is none, TRILBY_NAME_RUNTIME, to
#                              link with, and TRILBY_NAME_ARCHITECTURES
# trilby_NAME_flags(RESULT)    what the compiler is called with
# trilby_NAME_targets(RESULT)  the GPUs that its code is for, as compilers call them
# TRILBY_NAME_NEEDS            what is missing where there is no compiler
#
# From these come
#
# trilby_require_gpu(NAME)              fails if the module cannot be built
# trilby_gpu_flags(NAME RESULT)         what kernels are compiled with
# trilby_gpu_kernels(NAME SOURCES ...)  makes the static library trilby_kernels_NAME

include(TrilbyBackends)
foreach(_backend IN LISTS TRILBY_GPU_BACKENDS)
    include(${CMAKE_CURRENT_LIST_DIR}/compilers/${_backend}.cmake)
endforeach()

macro(trilby_require_gpu backend)
    if(NOT LibTorch_FLAVOUR STREQUAL ${backend})
        message(FATAL_ERROR "the LibTorch in ${LibTorch_LIBRARY_DIR} is for ${LibTorch_FLAVOUR}; "
            "the ${backend} module needs one for ${backend}: set LibTorch_ROOT to its folder")
    endif()
    cmake_language(CALL trilby_find_${backend})
    string(TOUPPER ${backend} _upper)
    if(NOT TRILBY_${_upper}_COMPILER)
        message(FATAL_ERROR "the ${backend} module needs " ${TRILBY_${_upper}_NEEDS})
    endif()
endmacro()

function(trilby_gpu_flags backend result)
    cmake_language(CALL trilby_${backend}_flags flags)
    set(${result} ${flags} -DTRILBY_GPU_RUNTIME="backends/kernels/runtime_${backend}.hpp" PARENT_SCOPE)
endfunction()

function(trilby_gpu_kernels backend)
    cmake_parse_arguments(ARG "" "" "SOURCES" ${ARGN})
    string(TOUPPER ${backend} upper)
    trilby_gpu_flags(${backend} flags)
    set(objects)
    foreach(source IN LISTS ARG_SOURCES)
        set(object ${CMAKE_CURRENT_BINARY_DIR}/${backend}/${source}.o)
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
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${backend})
    set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
    add_library(trilby_kernels_${backend} STATIC ${objects})
    set_target_properties(trilby_kernels_${backend} PROPERTIES LINKER_LANGUAGE CXX)
    target_link_libraries(trilby_kernels_${backend} PUBLIC
        trilby_settings ${TRILBY_${upper}_RUNTIME})
endfunction()
