#!/bin/bash
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Runs one test function in its own folder.
# usage: run.sh SCRIPT FUNCTION PROGRAM

# shellcheck disable=SC2034  # the scripts use these variables

set -u
script=$1 function=$2 program=$3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
unset TRILBY_BACKEND TRILBY_BACKEND_DIR OMP_NUM_THREADS
export XDG_CONFIG_HOME=$work/no-config  # not the configuration of the user

fail() { echo "failed: $*"; echo "stdout:"; cat out; echo "stderr:"; cat err; exit 1; }
skip() { echo "skipped: $*"; exit 125; }

# Runs trilby. Leaves its output in the files out and err, its exit code in $code.
trilby() { "$program" "$@" > out 2> err < /dev/null; code=$?; }
# Starts trilby in the background as $trilby_pid. Bash would make it ignore Ctrl-C.
start() {
    env --default-signal=INT "$program" "$@" > out 2> err < /dev/null &
    trilby_pid=$!
}
# Waits until the command $@ succeeds, for a minute or somewhat longer.
wait_until() {
    for _ in $(seq 3000); do "$@" && return; sleep 0.02; done
    fail "waited in vain for: $*"
}
# Ctrl-C for the command that was started; leaves its exit code in $code.
interrupt() {
    kill -INT "$trilby_pid"
    wait "$trilby_pid"; code=$?
}
interrupt_twice() {
    kill -INT "$trilby_pid"; sleep 0.3
    interrupt
}
expect_code() { [ "$code" -eq "$1" ] || fail "exit code $code, expected $1"; }
expect_in() { grep -qF -- "$2" "$1" || fail "no '$2' in $1"; }
expect_empty() { [ ! -s "$1" ] || fail "$1 is not empty"; }
expect_json() { python3 -m json.tool out > /dev/null || fail "standard output is not JSON"; }

# Holds the lock of a run in the background, as $holder_pid.
hold_lock() {
    python3 - "$1" > holding <<'EOF' &
import fcntl, struct, sys, time
file = open(sys.argv[1], "r+")
whole_file = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
fcntl.fcntl(file, fcntl.F_OFD_SETLK, whole_file)
print("held", flush=True)
time.sleep(60)
EOF
    holder_pid=$!
    wait_until [ -s holding ]
}

# Runs a command with a dashboard. Arguments: those of dashboard.py after the program.
on_terminal() {
    python3 -c 'import pty; pty.openpty()' 2> err || skip "needs python3 and a pseudo-terminal"
    timeout -k 5 100 python3 "$(dirname "$script")/dashboard.py" "$program" "$@" > out 2> err \
        || fail "the screen is wrong"
}

# Starts the HTTPS server of tests/fetch with a file of that name and other content; sets $url.
start_server() {
    command -v openssl > /dev/null || skip "needs openssl for a certificate"
    mkdir -p server/content
    head -c 100000 /dev/urandom > "server/content/$1"
    mkfifo keep_open
    python3 "$(dirname "$script")/../fetch/server.py" server < keep_open > ready &
    server_pid=$!
    exec 9> keep_open
    wait_until grep -q ready ready
    url=https://localhost:$(cut -d' ' -f2 ready)
    unset CURL_CA_BUNDLE https_proxy HTTPS_PROXY all_proxy ALL_PROXY
    export SSL_CERT_FILE=$work/server/certificate.pem
}

stop_server() { exec 9>&-; wait "$server_pid"; }

# Makes a folder of backends with the CPU backend. Arguments: its module, the folder, its LibTorch.
make_cpu_backend() {
    mkdir -p "$2"
    cp "$1" "$2/trilby-backend-cpu.so"
    printf '%s' '{"manifest":1,"name":"cpu","module":"trilby-backend-cpu.so","abi":1,' \
        "\"version\":\"0.1.0\",\"libtorch\":\"$3\"}" > "$2/trilby-backend-cpu.json"
}

# Creates a backend folder with the CPU backend.
install_cpu_backend() {
    make_cpu_backend /dev/null backends 2.8.0
    export TRILBY_BACKEND_DIR=$work/backends
}

# Replaces the CPU backend with a module of tests/modules.
pretend_cpu_backend_is() {
    make_cpu_backend "$TRILBY_TEST_MODULES/trilby-backend-$1.so" backends none
    export TRILBY_BACKEND_DIR=$work/backends
}

# shellcheck source=/dev/null
. "$script"
touch out err
"$function"
