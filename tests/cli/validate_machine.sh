# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# The devices of tests/modules/devices.c. Arguments: how many, and what is wrong with them.
pretend_devices() {
    pretend_cpu_backend_is devices
    export TRILBY_TEST_DEVICES=$1 TRILBY_TEST_FAULTS=${2-}
}

# Checks a statement about the document in the file out, which is d.
expect_true() {
    python3 -c "import json, sys; d = json.load(open('out')); sys.exit(not ($1))" || fail "not $1"
}

test_validate_machine_passes_if_all_devices_pass() {
    for count in 1 2 8; do
        pretend_devices "$count"
        trilby validate --device all --level 2 --seed 1
        expect_code 0
        expect_empty err
        expect_in out "$count device"
        expect_in out "passed: $count of $count device"
        trilby validate --device all --check matmul --seed 1 --json
        expect_code 0
        expect_true "len(d['devices']) == $count and d['conclusion'] == 'passed'"
        expect_true "[v['subject']['device'] for v in d['devices']] == list(range($count))"
    done
}

test_validate_machine_reports_the_slow_device() {
    pretend_devices 8 5:slow:compute
    trilby validate --device all --level 2 --check compute --seed 1
    expect_code 1
    expect_in out "outlier         device 5, compute: matmul float64 is 750 GFLOP/s"
    expect_in out "failed: 8 of 8 devices passed, 1 outlier"
    pretend_devices 2 0:slow:compute
    trilby validate --device all --level 2 --check compute --seed 1 --json
    expect_code 1
    expect_true "[o['device'] for o in d['outliers']] == [0] and d['outliers'][0]['usual'] == 1010"
    expect_true "all(v['conclusion'] == 'passed' for v in d['devices'])"
}

test_validate_machine_reports_the_device_with_other_bits() {
    pretend_devices 8 5:bits:matmul
    trilby validate --device all --check matmul --check random --seed 1 --junit ci.xml \
        --html page.html --summary page.txt
    expect_code 1
    local found="device 5, matmul: 2 of 3 rounds gave other bits than"
    for file in out ci.xml page.html page.txt; do
        expect_in "$file" "$found"
    done
    expect_in out "again: trilby validate --backend cpu --device 5 --threads"
    expect_in out "--check matmul --seed 1 --round 1 --json >5.json"
    expect_in out "failed: 8 of 8 devices passed, 1 difference of bits"
    pretend_devices 2 1:bits:matmul
    trilby validate --device all --check matmul --seed 1 --json
    expect_code 1
    expect_true "[(b['devices'], b['round'], b['other']) for b in d['bit_differences']] ==
        [([0, 1], 1, 1)]"
    expect_true "all(v['conclusion'] == 'passed' for v in d['devices'])"
}

test_validate_machine_compares_bits_only_of_the_same_libraries() {
    pretend_devices 2 1:bits:matmul,1:bits:start
    trilby validate --device all --check matmul --seed 1
    expect_code 0
}

test_validate_machine_fails_only_the_device_that_is_wrong() {
    pretend_devices 8 3:wrong:matmul
    trilby validate --device all --check matmul --check memory --seed 1
    expect_code 1
    expect_in out "matmul          pass: 7 devices; fail: device 3"
    expect_in out "1 of 7 values is wrong"
    expect_in out "--device 3"
    expect_in out "failed: 7 of 8 devices passed"
}

test_validate_machine_leaves_the_verdicts_of_others_when_one_dies() {
    pretend_devices 8 "2:crash:matmul,2:crash:memory,4:crash:start,6:hang:matmul,6:hang:memory"
    trilby validate --device all --check matmul --check memory --check random --seed 1 \
        --timeout 1 --json --junit ci.xml --html page.html --summary page.txt
    expect_code 1
    expect_json
    expect_true "[v['conclusion'] for v in d['devices']] ==
        ['failed' if i in (2, 4, 6) else 'passed' for i in range(8)]"
    expect_true "[r['verdict'] for r in d['devices'][2]['results']] == ['crash', 'crash', 'pass']
        or [r['verdict'] for r in d['devices'][2]['results']] == ['crash', 'pass', 'crash']"
    expect_true "d['devices'][4]['results'][0]['check'] == 'known-answer'"
    expect_true "[r['verdict'] for r in d['devices'][4]['results']] ==
        ['crash', 'not-run', 'not-run', 'not-run']"
    expect_true "sorted(r['verdict'] for r in d['devices'][6]['results'])[-2:] ==
        ['time-out', 'time-out']"
    python3 -c 'import xml.etree.ElementTree as e
suites = e.parse("ci.xml").getroot().findall("testsuite")
wrong = [s.get("name") for s in suites if s.get("errors") != "0"]
assert len(suites) == 9 and len(wrong) == 3, wrong' || fail "JUnit is not right"
    expect_in page.html 'id="device-2-matmul"'
    grep -q "$(sha256sum out | cut -d' ' -f1)" page.txt || fail "the page does not name the result"
}

test_validate_machine_measures_speeds_and_links_alone() {
    pretend_devices 2
    trilby validate --device all --level 3 --check transfers --check compute --seed 1
    expect_code 0
    expect_in out "to the host: 1,000 to 1,010 GB/s together, 1,000 to 1,010 alone"
    expect_in out "from device 1   to device 0: 110 GB/s"
    trilby validate --device all --level 3 --check transfers --seed 1 --json
    expect_code 0
    expect_true "d['links'] == [
        {'from': 0, 'to': 1, 'gigabytes_per_second': 101, 'was_alone': True},
        {'from': 1, 'to': 0, 'gigabytes_per_second': 110, 'was_alone': True}]"
    expect_true "len(d['speeds_alone']) == 2"
    expect_true "d['devices'][0]['results'][0]['seconds_planned'] == 10"
    expect_true "d['devices'][0]['results_alone'][0]['seconds_planned'] == 5"
}

test_validate_machine_lets_all_devices_exchange_numbers() {
    for count in 2 8; do
        pretend_devices "$count"
        trilby validate --device all --check collectives --seed 1
        expect_code 0
        expect_in out "known-answer    pass: "
        expect_in out "collectives     pass: all-reduce 1,000 GB/s"
        expect_in out "made by devices 0,1"
        expect_in out "passed: $count of $count devices passed"
    done
    pretend_devices 3
    trilby validate --device all --level 2 --seed 1 --json
    expect_code 0
    expect_true "[(r['check'], r['verdict']) for r in d['results']] == [('collectives', 'pass')]"
    expect_true "d['results'][0]['message'].startswith('made by devices 0,1,2 ')"
    expect_true "all(r['check'] != 'collectives' for v in d['devices'] for r in v['results'])"
    expect_true "all('collectives' not in v['excluded'] for v in d['devices'])"
    trilby validate --device all --level 1 --seed 1 --json
    expect_true "d['results'] == []"
}

test_validate_machine_needs_all_devices_to_exchange_numbers() {
    pretend_devices 2
    trilby validate --check collectives
    expect_code 64
    expect_in err "the check collectives is for all devices together"
    expect_in err "add --device all"
    pretend_devices 1
    trilby validate --device all --check matmul --check collectives --seed 1
    expect_code 0
    expect_in out "collectives     skip, not-applicable: the backend has a single device"
    trilby validate --device all --check collectives --seed 1
    expect_code 0
    expect_in out "passed: 1 of 1 device passed"
    pretend_devices 2 1:crash:start
    trilby validate --device all --check collectives --seed 1
    expect_code 1
    expect_in out "failed: 1 of 2 devices passed"
}

test_validate_machine_fails_if_the_devices_exchange_wrong_numbers() {
    pretend_devices 2 0:wrong:collectives
    trilby validate --device all --check matmul --check collectives --seed 1 \
        --junit ci.xml --html page.html --summary page.txt
    expect_code 1
    expect_in out "collectives     fail: 1 of 7 values is wrong"
    expect_in out "again: trilby validate --backend cpu --device all --threads"
    expect_in out "failed: 2 of 2 devices passed, collectives: fail"
    expect_in ci.xml 'trilby validate all devices together'
    expect_in page.html 'id="machine-collectives"'
    expect_in page.txt "fail: 1 of 7 values is wrong"
}

test_validate_machine_ends_if_the_exchange_hangs_or_dies() {
    pretend_devices 8 0:hang:collectives
    trilby validate --device all --check collectives --seed 1 --timeout 1
    expect_code 1
    expect_in out "collectives     time-out:"
    expect_in out "failed: 8 of 8 devices passed, collectives: time-out"
    pretend_devices 2 0:crash:collectives
    trilby validate --device all --check collectives --seed 1
    expect_code 1
    expect_in out "collectives     crash:"
}

test_validate_machine_exchanges_numbers_without_devices_that_do_not_work() {
    pretend_devices 4 "0:crash:start,2:hang:matmul"
    trilby validate --device all --check matmul --check collectives --seed 1 --timeout 1
    expect_code 1
    expect_in out "made by devices 1,3"
    expect_in out "unknown: device 0: left out, since it did not start"
    expect_in out "unknown: device 2: left out, since it did not answer before"
    pretend_devices 2 "1:crash:start"
    trilby validate --device all --check matmul --check collectives --seed 1
    expect_code 1
    expect_in out "collectives     not-run: fewer than two devices work"
}

test_validate_machine_compares_the_speed_of_the_exchange_with_a_file() {
    pretend_devices 2
    printf '%s\n' 'version = 1' '[limits]' 'backend = "cpu"' 'threads = 1' \
        '[limits.collectives]' '"all-reduce" = 2000' > node.toml
    trilby validate --backend cpu --device all --threads 1 --check collectives --seed 1 \
        --expect node.toml
    expect_code 1
    expect_in out "collectives     fail: all-reduce: found 1000 GB/s, expected at least 2000 GB/s"
    sed -i 's/2000/900/' node.toml
    trilby validate --backend cpu --device all --threads 1 --check collectives --seed 1 \
        --expect node.toml
    expect_code 0
}

test_validate_machine_stops_the_exchange_at_an_interrupt() {
    pretend_devices 2 0:waits:collectives
    start validate --device all --check matmul --check collectives --seed 1
    wait_until grep -q "^matmul " out
    interrupt
    expect_code 130
    expect_in out "collectives     not-run:"
    expect_in out "incomplete: 2 of 2 devices passed"
}

test_validate_machine_reports_what_was_done_at_an_interrupt() {
    pretend_devices 2 0:waits:matmul
    start validate --device all --check elementwise --check matmul --check memory --seed 1
    wait_until grep -q "^elementwise " out
    interrupt
    expect_code 130
    expect_in out "elementwise     pass: devices 0, 1"
    expect_in out "stopped before this check"
    expect_in out "incomplete: 0 of 2 devices passed"
}

test_validate_machine_ends_a_device_that_hangs_at_an_interrupt() {
    pretend_devices 3 "0:hang:matmul,1:hang:matmul,2:hang:matmul"
    start validate --device all --check elementwise --check matmul --seed 1 --timeout 100
    wait_until grep -q "^elementwise " out
    interrupt_twice
    expect_code 130
    expect_in out "not-run"
}

test_validate_machine_is_one_device_on_the_cpu() {
    trilby backends
    [ "$code" -eq 0 ] || skip "no backend is installed"
    trilby validate --backend cpu --device all --check random --budget 1 --seed 1 --json
    expect_code 0
    expect_true "[v['subject']['kind'] for v in d['devices']] == ['cpu']"
}

test_validate_machine_judges_the_state_of_each_device() {
    pretend_devices 3 1:wrong:start
    trilby validate --backend cpu --device all --level 0 --json
    expect_code 1
    expect_true "[v['results'][0]['verdict'] for v in d['devices']] == ['pass', 'error', 'pass']"
    pretend_devices 3
    trilby validate --backend cpu --device all --level 0
    expect_code 0
    expect_in out "health          pass: devices 0, 1, 2"
}

test_validate_machine_compares_it_with_a_file() {
    pretend_devices 2
    trilby validate --backend cpu --level 0 --write-expect node.toml
    expect_code 0
    trilby validate --backend cpu --device all --level 0 --expect node.toml
    expect_code 0
    expect_in out "inventory       pass: devices 0, 1"
    sed -i 's/^kernel = .*/kernel = "none"/' node.toml
    trilby validate --backend cpu --device all --level 0 --expect node.toml
    expect_code 1
    expect_in out "inventory       fail: devices 0, 1"
}

test_validate_machine_has_no_devices() {
    pretend_devices 0
    trilby validate --device all
    expect_code 69
    expect_in err "finds no device"
    trilby validate --device all --level 0
    expect_code 69
    expect_in out "known-answer    error:"
}

test_validate_machine_refuses_what_is_for_one_device() {
    pretend_devices 2
    trilby validate --check matmul --seed 1 --json
    mv out before.json
    for option in "--self-test" "--compare before.json" "--write-expect new.toml" \
        "--check matmul --round 3"; do
        # shellcheck disable=SC2086  # words of a command
        trilby validate --device all $option
        expect_code 64
        expect_in err "is for one device, not for --device all"
        expect_empty out
    done
    for device in every -1 1025 MIG- GPU-1,GPU-2; do
        trilby validate --device "$device"
        expect_code 64
        expect_in err "'$device' is not 0 to 1024, GPU-..., MIG-... or all"
    done
    trilby validate --device ''
    expect_code 64
}

test_validate_machine_selects_by_uuid_only_where_the_backend_can() {
    pretend_devices 2
    trilby validate --device MIG-9c2b6a1f
    expect_code 64
    expect_in err "backend cpu selects no device by its UUID"
    expect_empty out
    trilby train fashion-mnist --device MIG-9c2b6a1f
    expect_code 64
    expect_in err "--device: 'MIG-9c2b6a1f' is not a whole number"
}

test_validate_machine_gives_documents_that_can_be_compared() {
    pretend_devices 2 1:slow:compute
    trilby validate --device all --level 2 --check compute --seed 1 --json
    expect_code 1
    mv out machine.json
    trilby validate --compare machine.json --with machine.json
    expect_code 65
    expect_in err "has 2 devices"
    for device in 0 1; do
        python3 -c "import json
json.dump(json.load(open('machine.json'))['devices'][$device], open('$device.json', 'w'))"
    done
    trilby validate --compare 0.json --with 1.json
    expect_code 1
    expect_in out "matmul float64: 1,000 to 710 GFLOP/s"
}

test_validate_machine_gives_documents_whose_bits_can_be_compared() {
    pretend_devices 2 1:bits:matmul
    for device in 0 1; do
        trilby validate --device $device --check matmul --seed 1 --json
        expect_code 0
        mv out $device.json
    done
    trilby validate --compare 0.json --with 1.json
    expect_code 0
    expect_in out "round 1 gave other bits from the same numbers"
    trilby validate --compare 0.json --with 0.json
    expect_code 0
    expect_in out "3 rounds gave the same bits"
}
