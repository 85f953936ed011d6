# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0

# Installs the files that the test programs need, and the script `run`, which runs all tests.

file(GLOB helpers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cli/*.py)
install(PROGRAMS ${helpers} cli/run.sh DESTINATION ${TRILBY_TESTS_DESTINATION}/cli)
file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/cli/*.sh)
list(FILTER scripts EXCLUDE REGEX "/run\\.sh$")
install(FILES ${scripts} DESTINATION ${TRILBY_TESTS_DESTINATION}/cli)
install(DIRECTORY pt2/models DESTINATION ${TRILBY_TESTS_DESTINATION})
install(PROGRAMS fetch/local_server.py fetch/server.py DESTINATION ${TRILBY_TESTS_DESTINATION}/fetch)
install(PROGRAMS report/schema_test.py report/training_schema_test.py
    DESTINATION ${TRILBY_TESTS_DESTINATION}/report)
configure_file(installed.sh.in ${CMAKE_CURRENT_BINARY_DIR}/installed.sh @ONLY)
install(PROGRAMS ${CMAKE_CURRENT_BINARY_DIR}/installed.sh
    DESTINATION ${TRILBY_TESTS_DESTINATION} RENAME run)

# The machines are thousands of small files and dangling links, so they are packed into an archive, with
# the same bytes on every machine.
set(archive ${TRILBY_STAGE_TESTS}/machines.tar.gz)
file(GLOB machines CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/machines/*)
add_custom_command(OUTPUT ${archive}
    COMMAND tar --create --file ${archive} --use-compress-program "gzip -9n"
        --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 --mode=u=rwX,go=rX
        --directory ${CMAKE_CURRENT_SOURCE_DIR} machines
    DEPENDS ${machines}
    COMMENT "Packing the synthetic machines"
    VERBATIM)
add_custom_target(trilby_machines_archive ALL DEPENDS ${archive})
install(FILES ${archive} DESTINATION ${TRILBY_TESTS_DESTINATION})
