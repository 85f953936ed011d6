# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Installs what other programs use: a description for software centers, the schemas of --json, and for
# developers headers, libtrilby, a CMake package and a pkg-config file.

include(CMakePackageConfigHelpers)

install(FILES ${PROJECT_SOURCE_DIR}/packaging/io.github.trilby.trilby.metainfo.xml
    DESTINATION ${CMAKE_INSTALL_DATADIR}/metainfo)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/schemas DESTINATION ${CMAKE_INSTALL_DATADIR}/trilby)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Trilby)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/trilby
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    COMPONENT devel
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp" PATTERN layers.hpp EXCLUDE
    PATTERN outer_weights.hpp EXCLUDE PATTERN train.hpp EXCLUDE)

install(TARGETS trilby_shared
    EXPORT TrilbyTargets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT libs NAMELINK_COMPONENT devel
    INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})

install(EXPORT TrilbyTargets
    FILE TrilbyTargets.cmake
    NAMESPACE trilby::
    DESTINATION ${package_folder}
    COMPONENT devel)

configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/packaging/cmake/TrilbyConfig.cmake.in
    ${PROJECT_BINARY_DIR}/TrilbyConfig.cmake
    INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/TrilbyConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/TrilbyConfig.cmake
    ${PROJECT_BINARY_DIR}/TrilbyConfigVersion.cmake
    DESTINATION ${package_folder}
    COMPONENT devel)

if(TARGET trilby_train_shared)
    include(TrilbyInstallTrain)
endif()

# The path is relative, so that an installation can be moved or staged.
file(RELATIVE_PATH TRILBY_PREFIX_FROM_PC /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(
    ${PROJECT_SOURCE_DIR}/packaging/cmake/trilby.pc.in ${PROJECT_BINARY_DIR}/trilby.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/trilby.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT devel)
