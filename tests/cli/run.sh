#!/bin/bash
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs one test function in a folder of its own.
# usage: run.sh SCRIPT FUNCTION PROGRAM

# shellcheck disable=SC2034  # what the functions set is for the scripts

set -u
script=$1 function=$2 program=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset TRILBY_BACKEND TRILBY_BACKEND_DIR OMP_NUM_THREADS
export XDG_CONFIG_HOME=$work/no-config  # not that of the person who tests

fail() { echo "failed: $*"; echo "stdout:"; cat out; echo "stderr:"; cat err; exit 1; }
skip() { echo "skipped: $*"; exit 125; }

# Runs trilby; its output is then in the files out and err, its exit code in $code.
trilby() { "$program" "$@" > out 2> err < /dev/null; code=$?; }
# Starts trilby beside the script, which ignores Ctrl-C in it unless told otherwise: $trilby_pid.
start() {
    env --default-signal=INT "$program" "$@" > out 2> err < /dev/null &
    trilby_pid=$!
}
expect_code() { [ "$code" -eq "$1" ] || fail "exit code $code, expected $1"; }
expect_in() { grep -qF -- "$2" "$1" || fail "no '$2' in $1"; }
expect_empty() { [ ! -s "$1" ] || fail "$1 is not empty"; }
expect_json() { python3 -m json.tool out > /dev/null || fail "standard output is not JSON"; }

# A backend folder in which the CPU backend is installed.
install_cpu_backend() {
    mkdir backends && touch backends/trilby-backend-cpu.so
    printf '%s' '{"manifest":1,"name":"cpu","module":"trilby-backend-cpu.so","abi":1,' \
        '"version":"0.1.0","libtorch":"2.8.0"}' > backends/trilby-backend-cpu.json
    export TRILBY_BACKEND_DIR=$work/backends
}

# shellcheck source=/dev/null
. "$script"
touch out err
"$function"
