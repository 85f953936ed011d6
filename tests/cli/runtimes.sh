# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# Fake vendor libraries that behave as the lines say.
use_vendors() {
    printf '%s\n' 'device 0000:01:00.0 85899345920 9.0 NVIDIA H100' "$@" > table
    export LD_LIBRARY_PATH=$TRILBY_TEST_VENDORS/good TRILBY_FAKE_TABLE=$work/table
    # Sanitizers would catch the signals that these tests check.
    export ASAN_OPTIONS=handle_segv=0:handle_abort=0 TSAN_OPTIONS=handle_segv=0:handle_abort=0
}

test_runtimes_are_shown_when_asked() {
    use_vendors
    trilby probe --runtimes
    expect_code 0
    expect_in out "CUDA      13.0, 1 device, NVIDIA H100 at 0000:01:00.0"
    trilby probe
    if grep -q NVML out; then fail "asked without being told to"; fi
}

test_runtimes_that_crash_and_hang_are_reported() {
    use_vendors "nvmlInit_v2 crash" "cuInit hang"
    trilby probe --runtimes --timeout 1
    expect_code 0
    expect_in out "NVML      crashed"
    expect_in out "CUDA      did not answer in time"
    expect_in out "HIP       6.3.42133, 1 device"
}

test_runtimes_are_in_a_recording() {
    use_vendors "nvmlInit_v2 return 9"
    trilby probe --runtimes --capture "$work/recorded"
    expect_code 0
    unset LD_LIBRARY_PATH
    trilby probe --root "$work/recorded"
    expect_code 0
    expect_in out "NVML      refused: Some error (NVML error 9)"
    expect_in out "CUDA      13.0"
    trilby probe --json --root "$work/recorded"
    expect_json
    expect_in out '"state": "refused"'
}

test_runtimes_of_a_recording_cannot_be_asked() {
    trilby probe --runtimes --root /
    expect_code 64
    expect_in err --root
}

test_runtimes_timeout_is_checked() {
    trilby probe --runtimes --timeout 0
    expect_code 64
    expect_in err --timeout
    trilby probe --timeout 5
    expect_code 64
    expect_in err --runtimes
}
