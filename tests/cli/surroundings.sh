# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154
#
# Every command where standard streams are closed or files may not grow.

commands=(
    "--version"
    "--help"
    "probe"
    "probe --json"
    "backends --json"
    "backend list --json"
    "doctor --explain all"
    "data list"
    "train --list"
    "train --show fashion-mnist"
    "validate --list"
)
writing_commands=(
    "probe --capture recording"
    "doctor --report report"
    "train fashion-mnist --data data --output run"
    "validate --check matmul --seed 1 --junit junit.xml"
)

# A backend and a data set of black images, for a run that takes no time.
prepare() {
    mkdir data
    for name in checks trains; do
        make_cpu_backend "$TRILBY_TEST_MODULES/trilby-backend-$name.so" "backends/$name" none
    done
    black_file train-images-idx3 '\0\0\10\3\0\0\352\140\0\0\0\34\0\0\0\34' 47040000
    black_file train-labels-idx1 '\0\0\10\1\0\0\352\140' 60000
    black_file t10k-images-idx3 '\0\0\10\3\0\0\47\20\0\0\0\34\0\0\0\34' 7840000
    black_file t10k-labels-idx1 '\0\0\10\1\0\0\47\20' 10000
}

# Arguments: name, header, number of bytes after it.
black_file() {
    { printf '%b' "${2//\\/\\0}"; head -c "$3" /dev/zero; } | gzip -1 > "data/$1-ubyte.gz"
}

use_backend_for() {
    case $1 in
        train*) export TRILBY_BACKEND_DIR=$work/backends/trains ;;
        *) export TRILBY_BACKEND_DIR=$work/backends/checks ;;
    esac
}

remove_outputs() { rm -rf recording report run junit.xml; }

# Runs $1 as words. The streams may be redirected by the caller.
run_words() {
    use_backend_for "$1"
    # shellcheck disable=SC2086  # words
    "$program" $1
}

expect_whole_outputs() {
    case $1 in
        *--capture*) trilby probe --root recording; expect_code 0 ;;
        *--report*) [ "$(head -c 7 report)" = "trilby " ] || fail "the report has other text" ;;
        train\ *--output*)
            [ "$(cat run/checkpoint.safetensors)" = "made up" ] || fail "another checkpoint"
            python3 -m json.tool --json-lines run/metrics.jsonl > /dev/null || fail "the metrics have other text"
            python3 -m json.tool run/result.json > /dev/null || fail "the result has other text"
            ;;
        *--junit*) python3 -c 'import xml.etree.ElementTree as e; e.parse("junit.xml")' ||
            fail "the JUnit file has other text" ;;
    esac
}

test_no_file_takes_the_number_of_a_closed_stream() {
    prepare
    for command in "${commands[@]}" "${writing_commands[@]}"; do
        remove_outputs
        run_words "$command" <&- > out 2> err
        code=$?
        expect_code 0
        expect_whole_outputs "$command"
        remove_outputs
        run_words "$command" < /dev/null 2>&- > out
        code=$?
        expect_code 0
        expect_whole_outputs "$command"
        remove_outputs
        run_words "$command" <&- >&- 2>&-
        code=$?
        expect_code 74
        expect_whole_outputs "$command"
        remove_outputs
        run_words "$command" < /dev/null >&- 2> err
        code=$?
        expect_code 74
        expect_in err "standard output"
        expect_whole_outputs "$command"
    done
}

test_a_file_size_limit_is_an_error_that_leaves_nothing_behind() {
    prepare
    for command in "${commands[@]}"; do
        (ulimit -f 0; run_words "$command" 2>&1 > out < /dev/null) | cat > err
        code=${PIPESTATUS[0]}
        expect_code 74
        expect_in err "cannot write to 'standard output'"
    done
    for command in "${writing_commands[@]}"; do
        remove_outputs
        (ulimit -f 0; run_words "$command" 2>&1 < /dev/null) | cat > err
        code=${PIPESTATUS[0]}
        expect_code 74
        expect_in err "File too large"
        for output in recording report run junit.xml; do
            [ ! -e "$output" ] || fail "$command left $output"
        done
    done
}
