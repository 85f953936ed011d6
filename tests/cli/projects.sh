# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

test_new_writes_a_project_and_says_how_to_go_on() {
    trilby new clothes
    expect_code 0
    expect_in out "wrote       clothes/CMakeLists.txt"
    expect_in out "cmake -B build && cmake --build build"
    expect_in out "trilby data fetch fashion-mnist"
    expect_in out "build/clothes fashion-mnist"
    grep -q "^project(clothes " clothes/CMakeLists.txt || fail "the project has another name"
    [ "$(ls clothes)" = "$(printf 'CMakeLists.txt\nREADME.md\nmain.cpp')" ] || fail "other files"
}

test_new_has_a_template_for_each_kind_of_data() {
    for kind in image tabular text series; do
        trilby new "programs/$kind" --template "$kind"
        expect_code 0
        [ -s "programs/$kind/main.cpp" ] || fail "no program"
    done
    trilby new sound --template sound
    expect_code 64
    expect_in err "'sound' is not one of image, tabular, text, series"
}

test_new_refuses_names_that_no_program_can_have() {
    for name in 2nets test . 'my net'; do
        trilby new "$name"
        expect_code 64
        expect_in err "cannot be the name of a project"
    done
    [ "$(ls)" = "$(printf 'err\nout')" ] || fail "something was written"
}

test_new_does_not_touch_what_exists() {
    mkdir mine empty
    echo mine > mine/notes.txt
    trilby new mine
    expect_code 73
    expect_in err "'mine' already exists and is not an empty folder"
    [ "$(ls -A mine)" = notes.txt ] || fail "something was written"
    trilby new empty
    expect_code 0
}

test_new_needs_permission() {
    [ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
    mkdir closed
    chmod a-w closed
    trilby new closed/net
    expect_code 73
    [ -z "$(ls -A closed)" ] || fail "something was written"
}
