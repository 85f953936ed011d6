# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# A machine about which nothing is known.
make_empty_machine() { mkdir -p machine/proc; }

# The least that is to be known about a machine without a GPU.
make_healthy_machine() {
    mkdir -p machine/{dev,usr/lib,run,sys/module,sys/bus/pci/devices,proc/sys/kernel}
    echo 6.18.5-200.fc43.x86_64 > machine/proc/sys/kernel/osrelease
    echo quiet > machine/proc/cmdline
    echo "MemTotal: 65536000 kB" > machine/proc/meminfo
    printf 'processor\t: 0\nflags\t\t: fma avx avx2 avx512_bf16\n' > machine/proc/cpuinfo
}

# A recorded machine with a process that is limited to one thread.
make_slow_machine() {
    mkdir -p machine/sys/devices/system/cpu
    echo 0-3 > machine/sys/devices/system/cpu/online
    cat > machine/trilby-recording.json << 'END'
{"recording": 1, "statuses": {}, "answers": {"environment variable OMP_NUM_THREADS": "1"}}
END
}

# An NVIDIA card that is bound to nouveau.
make_blocked_machine() {
    local device=machine/sys/bus/pci/devices/0000:01:00.0
    mkdir -p "$device" machine/sys/module/nouveau machine/etc
    echo 0x030000 > "$device/class"
    echo 0x10de > "$device/vendor"
    echo 0x2684 > "$device/device"
    ln -s ../../drivers/nouveau "$device/driver"
    echo ID=fedora > machine/etc/os-release
}

test_doctor_says_that_nothing_is_wrong() {
    make_healthy_machine
    trilby doctor --root machine
    expect_code 0
    expect_in out "Nothing is wrong with this machine: none of "
    [ "$(wc -l < out)" -eq 1 ] || fail "more than a line"
    expect_empty err
}

test_doctor_says_what_it_could_not_read() {
    make_empty_machine
    trilby doctor --root machine
    expect_code 0
    if grep -q "Nothing is wrong" out; then fail "nothing is known"; fi
    expect_in out "No condition could be judged."
    expect_in out "PCI devices: /sys/bus/pci/devices does not exist"
    expect_in out "loaded drivers: /sys/module does not exist"
    expect_in out "device nodes: /dev does not exist"
    expect_in out "the kernel's release: /proc/sys/kernel/osrelease does not exist"
    trilby doctor --json --root machine
    expect_in out '"reason": "/sys/bus/pci/devices does not exist"'
}

test_doctor_does_not_take_a_denied_folder_for_a_missing_card() {
    make_healthy_machine
    rmdir machine/sys/bus/pci/devices
    touch machine/sys/bus/pci/devices
    trilby doctor --only nvidia --root machine
    if grep -q "Nothing is wrong" out; then fail "the card is not known"; fi
    expect_in out "No condition of the family nvidia could be judged."
    expect_in out "PCI devices: /sys/bus/pci/devices "
    trilby doctor --only cpu --root machine
    if grep -q "could not be read" out; then fail "the CPU is known"; fi
}

test_doctor_reports_evidence_and_remedy() {
    make_slow_machine
    trilby doctor --root machine
    expect_code 0
    expect_in out "TRL-P002: A variable limits computing to one thread"
    expect_in out "found: environment variable OMP_NUM_THREADS: 1"
    expect_in out "fix:"
    expect_in out "unset OMP_NUM_THREADS"
}

test_doctor_exits_with_1_if_something_blocks() {
    make_blocked_machine
    trilby doctor --root machine
    expect_code 1
    head -1 out | grep -q "^blocks    TRL-N001" || fail "the cause is not first"
    expect_in out "sudo dnf install akmod-nvidia"
}

test_doctor_json_parses() {
    make_slow_machine
    trilby doctor --json --root machine
    expect_code 0
    expect_json
    expect_in out '"id": "TRL-P002"'
    expect_in out '"is_blocked": false'
}

test_doctor_quiet_prints_a_line_for_each_finding() {
    make_slow_machine
    trilby doctor --quiet --root machine
    expect_code 0
    [ "$(wc -l < out)" -eq 1 ] || fail "more than a line"
    rm -r machine
    make_empty_machine
    trilby doctor --quiet --root machine
    expect_empty out
}

test_doctor_only_one_family() {
    make_slow_machine
    trilby doctor --only nvidia --root machine
    expect_code 0
    expect_in out "No condition of the family nvidia could be judged."
    trilby doctor --only cpu --root machine
    expect_in out TRL-P002
    trilby doctor --only nonsense
    expect_code 64
    expect_in err nvidia
}

test_doctor_explains_every_condition() {
    trilby doctor --explain all
    expect_code 0
    cut -d' ' -f1 out | grep '^TRL-' > ids
    [ -s ids ] || fail "no condition is listed"
    while read -r id; do
        "$program" doctor --explain "$id" > page || fail "no page of $id"
        grep -q "^$id: " page || fail "the page of $id has no title"
        grep -q "^For " page || fail "the page of $id has no remedy"
    done < ids
}

test_doctor_explains_errors_that_drivers_count() {
    trilby doctor --explain 'Xid 79'
    expect_code 0
    expect_in out "no longer answers on the PCI Express bus"
    expect_in out "fault of: hardware"
    expect_in out "do:"
    trilby doctor --explain 'RAS umc, not corrected'
    expect_code 0
    expect_in out "memory"
    trilby doctor --explain 'Xid 31' --json
    expect_code 0
    expect_in out '"origin": "program"'
    trilby doctor --explain 'Xid many'
    expect_code 64
    expect_in err "such as 'Xid 79'"
}

test_doctor_refuses_an_unknown_condition() {
    trilby doctor --explain TRL-X999
    expect_code 64
    expect_in err "no condition 'TRL-X999'"
    expect_in err "--explain all"
}

test_doctor_report_has_no_personal_data() {
    make_slow_machine
    mkdir -p machine/proc/sys/kernel
    echo wren > machine/proc/sys/kernel/hostname
    echo 'lovelace:x:1000:1000::/home/lovelace:/bin/sh' > machine/etc_passwd
    mkdir -p machine/etc && mv machine/etc_passwd machine/etc/passwd
    sed -i 's|"1"}|"1", "environment variable LD_LIBRARY_PATH": "/home/lovelace/lib"}|' \
        machine/trilby-recording.json
    trilby doctor --root machine --report report.txt
    expect_code 0
    expect_in report.txt TRL-P002
    expect_in report.txt "# Backends"
    if grep -qE 'wren|lovelace' report.txt; then fail "a name is in the report"; fi
}

test_doctor_report_overwrites_no_file() {
    echo mine > report.txt
    trilby doctor --report report.txt
    expect_code 73
    expect_in report.txt mine
}

test_doctor_of_a_missing_root_is_exit_code_66() {
    trilby doctor --root "$work/none"
    expect_code 66
    expect_in err "$work/none"
}

test_doctor_ends_with_the_backend_for_training() {
    install_cpu_backend
    trilby doctor
    expect_in out "cpu is used to train: "
    TRILBY_BACKEND_DIR=$work/none trilby doctor
    expect_code 1
    expect_in out "Training is not possible here: no backend can be used"
    TRILBY_BACKEND_DIR=$work/none trilby doctor --json
    expect_code 1
    expect_json
    expect_in out '"is_blocked": true'
}

test_doctor_of_one_family_counts_the_others() {
    make_healthy_machine
    make_blocked_machine
    trilby doctor --only cpu --root machine
    expect_code 0
    if grep -q "Nothing is wrong" out; then fail "a card is blocked"; fi
    expect_in out "conditions of the family cpu"
    expect_in out "applies."
    expect_in out "Not shown: 1 finding of other families."
}

test_doctor_explains_as_json() {
    trilby doctor --explain TRL-P002 --json
    expect_code 0
    expect_json
    expect_in out '"id": "TRL-P002"'
    trilby doctor --explain all --json
    expect_code 0
    expect_json
}

# Starts a report, and sends the signal once the recording that it is made from exists.
signal_report() {
    env --default-signal "$program" doctor --report "$2" > out 2> err < /dev/null &
    local pid=$!
    # Before that, the folder is empty.
    until compgen -G "tmp/*/.trilby-temporary" > /dev/null || ! kill -0 "$pid" 2> /dev/null; do :; done
    kill "-$1" "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null; code=$?
}

test_doctor_report_that_is_interrupted_leaves_no_recording() {
    mkdir tmp; export TMPDIR=$work/tmp
    for signal in INT TERM HUP QUIT PIPE; do
        signal_report "$signal" "report-$signal"
        [ -z "$(ls tmp)" ] || fail "SIG$signal left $(ls tmp)"
        if [ -e "report-$signal" ]; then expect_code 0; else expect_code 130; fi
    done
}

test_doctor_report_removes_the_recording_of_one_that_was_killed() {
    mkdir tmp; export TMPDIR=$work/tmp
    signal_report KILL report-1
    trilby doctor --report report-2
    expect_code 0
    [ -z "$(ls tmp)" ] || fail "$(ls tmp) is left"
}
