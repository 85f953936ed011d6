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

# A run without a checkpoint. Arguments: its folder, the kind of data, the sections [data] and [network].
make_run() {
    mkdir -p "$1"
    : > "$1/.trilby-lock"
    cat > "$1/recipe.toml" <<END
name = "made"
task = "$2"
[training]
epochs = 3
batch_size = 4
seed = 5
[optimizer]
name = "adamw"
learning_rate = 0.1
[schedule]
name = "constant"
$3
END
}

series_sections='[data]
path = "/data/load.csv"
look_back = 8
horizon = 2
[network]
kind = "linear"'

test_eject_writes_a_project_for_a_run() {
    make_run runs/load-1 series "$series_sections"
    trilby eject runs/load-1
    expect_code 0
    expect_in out "wrote       load-1/CMakeLists.txt"
    expect_in out "build/load-1 --seed 5"
    expect_in load-1/main.cpp '{"optimizer.learning_rate", 0.1},'
    expect_in load-1/main.cpp 'job.data("/data/load.csv")'
    expect_in load-1/network.hpp 'constexpr std::int64_t look_back = 8;'
    trilby eject runs/load-1/ programs/forecast
    expect_code 0
    grep -q "^project(forecast " programs/forecast/CMakeLists.txt || fail "the project has another name"
    trilby eject runs/load-1
    expect_code 73
}

test_eject_says_that_the_precision_is_unknown() {
    make_run run images '[data]
path = "/data/images"
side = 8
[network]
layers = [{ layer = "flatten" }, { layer = "linear", features = 2 }]'
    trilby eject run program
    expect_code 0
    expect_in out "note        the run has no checkpoint"
}

test_eject_refuses_what_is_not_a_run_of_trilby() {
    trilby eject nowhere program
    expect_code 66
    expect_in err "'nowhere' is not the folder of a run"
    make_run other series "${series_sections/kind = \"linear\"/module = \"Net\"}"
    trilby eject other program
    expect_code 65
    expect_in err "is that of a program with its own network 'Net'"
    make_run damaged series "[data]"
    trilby eject damaged program
    expect_code 65
    make_run unfit text '[data]
path = "/data/plays.txt"
[network]
width = 10
heads = 4'
    trilby eject unfit program
    expect_code 65
    trilby eject unfit 'two words'
    expect_code 64
    [ ! -e program ] || fail "something was written"
}
