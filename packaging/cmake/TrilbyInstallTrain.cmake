# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Installs what programs that train need: headers, libtrilby-train, and how CMake and pkg-config find them
# together with the LibTorch that the library was built with.

install(FILES
    ${PROJECT_SOURCE_DIR}/include/trilby/layers.hpp
    ${PROJECT_SOURCE_DIR}/include/trilby/outer_weights.hpp
    ${PROJECT_SOURCE_DIR}/include/trilby/train.hpp
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/trilby
    COMPONENT train-devel)

install(TARGETS trilby_train_shared
    EXPORT TrilbyTrainTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT train NAMELINK_COMPONENT train-devel
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

install(EXPORT TrilbyTrainTargets
    FILE TrilbyTrainTargets.cmake
    NAMESPACE trilby::
    DESTINATION ${package_folder}
    COMPONENT train-devel)

configure_file(
    ${PROJECT_SOURCE_DIR}/packaging/cmake/TrilbyTrain.cmake.in ${PROJECT_BINARY_DIR}/TrilbyTrain.cmake @ONLY)
# What FindLibTorch.cmake includes, without the table of backends.
set(lines "set(TRILBY_GPU_BACKENDS ${TRILBY_GPU_BACKENDS})\n")
foreach(backend IN LISTS TRILBY_GPU_BACKENDS)
    string(APPEND lines "set(TRILBY_TORCH_LIBRARY_${backend} ${TRILBY_TORCH_LIBRARY_${backend}})\n")
endforeach()
file(WRITE ${PROJECT_BINARY_DIR}/installed/TrilbyBackends.cmake "${lines}")
install(FILES
    ${PROJECT_BINARY_DIR}/installed/TrilbyBackends.cmake
    ${PROJECT_BINARY_DIR}/TrilbyTrain.cmake
    ${PROJECT_SOURCE_DIR}/packaging/cmake/FindLibTorch.cmake
    DESTINATION ${package_folder}
    COMPONENT train-devel)

# The folders of LibTorch's headers and libraries, for pkg-config.
set(TRILBY_TORCH_CFLAGS "")
foreach(folder IN ITEMS ${LibTorch_INCLUDE_DIR} ${LibTorch_API_INCLUDE_DIR})
    if(NOT folder STREQUAL "/usr/include")
        string(APPEND TRILBY_TORCH_CFLAGS " -isystem ${folder}")
    endif()
endforeach()
set(TRILBY_TORCH_LIBS "")
if(LibTorch_NEEDS_RPATH)  # the linker does not search its folder either
    set(TRILBY_TORCH_LIBS " -L${LibTorch_LIBRARY_DIR} -Wl,-rpath,${LibTorch_LIBRARY_DIR}")
endif()
file(RELATIVE_PATH TRILBY_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(
    ${PROJECT_SOURCE_DIR}/packaging/cmake/trilby-train.pc.in ${PROJECT_BINARY_DIR}/trilby-train.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/trilby-train.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT train-devel)
