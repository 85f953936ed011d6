# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# trilby_discover_suites(TARGET PREFIX): a ctest test for each suite of a program of GoogleTest. A process
# for each of thousands of tests would spend most of its time on its start. The result of each test
# is in a file of the folder `suites` of the build, for tests/summary.py.
#
# As a script, writes these tests:
#   cmake -D program=... -D prefix=... -D file=... -D results=... -D machines=... -P THIS

if(NOT CMAKE_SCRIPT_MODE_FILE)
    set(trilby_suites_script ${CMAKE_CURRENT_LIST_FILE})

    function(trilby_discover_suites target prefix)
        set(file ${CMAKE_CURRENT_BINARY_DIR}/${target}_suites.cmake)
        add_custom_command(TARGET ${target} POST_BUILD
            COMMAND ${CMAKE_COMMAND} -D program=$<TARGET_FILE:${target}> -D prefix=${prefix}
                -D file=${file} -D results=${PROJECT_BINARY_DIR}/suites
                -D machines=${TRILBY_RECORDED_MACHINES} -P ${trilby_suites_script}
            BYPRODUCTS ${file}
            VERBATIM)
        if(NOT EXISTS ${file})
            file(WRITE ${file} "add_test(${prefix}.not_built_${target} ${target})\n")
        endif()
        set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${file})
    endfunction()
    return()
endif()

execute_process(COMMAND ${program} --gtest_list_tests
    OUTPUT_VARIABLE list RESULT_VARIABLE status TIMEOUT 60)
if(NOT status EQUAL 0)
    file(REMOVE ${program})  # so that the next build tries again
    message(FATAL_ERROR "${program} does not list its tests: ${status}")
endif()
# "Suite.", or "Instance/Suite." with parameters; the lines of tests begin with spaces.
string(REGEX MATCHALL "(^|\n)[A-Za-z0-9_/]+\\." suites "${list}")
set(tests "")
foreach(suite IN LISTS suites)
    string(STRIP "${suite}" suite)
    string(REGEX REPLACE "\\.$" "" suite "${suite}")
    set(name ${prefix}.${suite})
    string(REPLACE "/" "_" result ${name})
    string(APPEND tests
        "add_test([[${name}]] [[${program}]] [[--gtest_filter=${suite}.*]])\n"
        "set_tests_properties([[${name}]] PROPERTIES TIMEOUT 240 SKIP_RETURN_CODE 125\n"
        "    ENVIRONMENT [[GTEST_OUTPUT=xml:${results}/${result}.xml;"
        "TRILBY_RECORDED_MACHINES=${machines}]])\n")
endforeach()
file(WRITE ${file} "${tests}")
