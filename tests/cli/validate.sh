# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# The check of tests/modules/checks.c does what the seed says.
pretend_backend() { pretend_cpu_backend_is checks; }

need_cpu_backend() {
    trilby backends
    [ "$code" -eq 0 ] || skip "no backend is installed"
}

test_validate_passes_on_this_machine() {
    need_cpu_backend
    trilby validate --budget 3 --seed 1
    expect_code 0
    expect_empty err
    expect_in out "matmul          pass:"
    expect_in out "passed: 20 pass; level 1, seed 1"
}

test_validate_every_check_can_be_run_alone() {
    need_cpu_backend
    for check in autograd retention separation soak power-pulse telemetry-cost transformer; do
        trilby validate --check "$check" --budget 1 --seed 1
        expect_code 0
        expect_in out "$check"
    done
}

test_validate_prints_json_and_junit() {
    need_cpu_backend
    trilby validate --check random --budget 1 --seed 1 --json --junit result.xml
    expect_code 0
    expect_json
    expect_in out '"conclusion": "passed"'
    python3 -c 'import xml.etree.ElementTree as e, sys
suite = e.parse("result.xml").getroot()
sys.exit(suite.get("tests") != "1" or suite.get("failures") != "0")' || fail "JUnit is not right"
}

test_validate_detects_an_injected_fault() {
    need_cpu_backend
    trilby validate --self-test --trials 1 --check indexing --budget 1 --seed 1
    expect_code 0
    expect_in out "false alarms: 0 in 1 clean run:"
    expect_in out "detected: 100.00 %"
}

test_validate_self_test_writes_pages_about_its_levels() {
    need_cpu_backend
    trilby validate --self-test --trials 1 --check indexing --fault tile --level 1 --level 2 \
        --budget 1 --seed 1 --summary page.txt --html page.html --json
    expect_code 0
    expect_json
    expect_in page.txt "signature"
    expect_in page.txt "level 2: 1 of 1 detected"
    expect_in page.html "Time to detection"
    digest=$(sha256sum <out)
    expect_in page.txt "${digest%% *}"
}

test_validate_takes_several_levels_only_for_a_self_test() {
    trilby validate --level 1 --level 2
    expect_code 64
    expect_in err "--level is given 2 times"
}

test_validate_refuses_an_unknown_fault() {
    trilby validate --self-test --fault bit-flop
    expect_code 64
    expect_in err "did you mean 'bit-flip'?"
}

test_validate_reports_a_failure_and_how_to_repeat_it() {
    pretend_backend
    trilby validate --check matmul --seed 2 --threads 1
    expect_code 1
    expect_in out "fail: made up"
    expect_in out "permanent"
    expect_in out \
        "again: trilby validate --backend cpu --device 0 --threads 1 --level 1 --check matmul --seed 2"
    trilby validate --check matmul --seed 2 --threads 1 --budget 3 --timeout 9
    expect_in out "--check matmul --seed 2 --budget 3 --timeout 9"
}

test_validate_self_test_without_a_fault_has_no_rate() {
    need_cpu_backend
    trilby validate --self-test --trials 1 --check environment
    expect_code 1
    expect_in out "no fault was injected"
    trilby validate --self-test --trials 1 --check environment --json
    expect_code 1
    expect_in out '"detection_rate": null'
}

test_validate_fails_if_the_result_is_lost() {
    pretend_backend
    code=0
    "$program" validate --check matmul --seed 1 >/dev/full 2>err || code=$?
    expect_code 74
    expect_in err "standard output"
}

test_validate_refuses_to_compare_a_folder() {
    mkdir folder
    trilby validate --compare folder --with folder
    expect_code 66
    expect_in err "'folder' is not a regular file"
}

test_validate_reports_a_worker_that_dies() {
    pretend_backend
    trilby validate --seed 4 --json
    expect_code 1
    expect_json
    python3 -c 'import json, sys
results = json.load(open("out"))["results"]
sys.exit(not results or any(r["verdict"] != "crash" for r in results if r["check"] != "environment"))' ||
        fail "not every check says that its worker died"
}

test_validate_says_what_a_crashed_worker_was_computing() {
    pretend_backend
    trilby validate --check matmul --seed 12 --threads 1 --junit result.xml --html result.html
    expect_code 1
    expect_in out "the smallest that ends so too: matmul bfloat16, NN 1x63x1"
    expect_in out "--check matmul --seed 12 --round 3"
    for file in result.xml result.html; do
        expect_in "$file" "while computing matmul bfloat16, NN 75x63x17 in round 3"
        expect_in "$file" "matmul bfloat16, NN 1x63x1"
    done
}

test_validate_repeats_a_round_alone() {
    need_cpu_backend
    trilby validate --check matmul --seed 5 --round 3 --json
    expect_code 0
    expect_in out '"rounds": 1,'
    trilby validate --round 3
    expect_code 64
    expect_in err "--check"
}

test_validate_gives_up_a_check_that_hangs() {
    pretend_backend
    trilby validate --check matmul --seed 5 --timeout 1
    expect_code 1
    expect_in out "time-out"
}

test_validate_stops_at_an_interrupt() {
    pretend_backend
    start validate --seed 5 --timeout 60
    wait_until grep -q computing out
    interrupt_twice
    expect_code 130
    expect_in out "not-run"
}

test_validate_writes_a_page_to_sign() {
    pretend_backend
    trilby validate --check matmul --seed 1 --summary page.txt --json
    expect_code 0
    grep -q "$(sha256sum out | cut -d' ' -f1)" page.txt || fail "the page does not name the result"
    grep -q "^signature" page.txt || fail "there is no line for the signature"
    expect_in page.txt "left out        known-answer, health, environment,"
    trilby validate --check matmul --seed 1 --budget 7 --summary page.txt
    expect_in page.txt "seed 1, budget 7.0 s"
}

test_validate_compares_two_results() {
    pretend_backend
    trilby validate --check matmul --seed 1 --json
    mv out before.json
    trilby validate --check matmul --seed 2 --json
    mv out after.json
    trilby validate --compare before.json --with before.json
    expect_code 0
    expect_in out "nothing is worse"
    trilby validate --compare before.json --with after.json
    expect_code 1
    expect_in out "fail, before pass (worse)"
    trilby validate --compare before.json --with after.json --json
    expect_code 1
    expect_json
}

test_validate_compares_only_results() {
    trilby validate --compare nowhere.json --with nowhere.json
    expect_code 66
    expect_in err "nowhere.json"
    echo '{"schema": 1}' >half.json
    trilby validate --compare half.json --with half.json
    expect_code 65
    expect_in err "half.json"
    trilby validate --compare half.json
    expect_code 65
    expect_empty out
    trilby validate --with half.json
    expect_code 64
}

test_validate_compares_with_an_earlier_result() {
    pretend_backend
    trilby validate --check matmul --seed 1 --json
    mv out before.json
    trilby validate --check matmul --seed 1 --compare before.json
    expect_code 0
    expect_in out "nothing is worse"
    trilby validate --check matmul --seed 1 --compare before.json --json
    expect_code 0
    expect_json
    expect_in err "nothing is worse"
}

test_validate_refuses_files_that_cannot_be_written_before_it_starts() {
    pretend_backend
    trilby validate --seed 1 --html /nowhere/result.html
    expect_code 73
    expect_in err "/nowhere/result.html"
    expect_empty out
}

test_validate_lists_its_checks() {
    trilby validate --list
    expect_code 0
    expect_in out "retention"
    trilby validate --list --json
    expect_code 0
    expect_json
}

test_validate_level_0_passes_on_this_machine() {
    need_cpu_backend
    trilby validate --level 0 --backend cpu
    expect_code 0
    expect_empty err
    expect_in out "known-answer    pass: start to answer"
    expect_in out "health          pass:"
    expect_in out "passed: 2 pass; level 0"
    trilby validate --level 0 --backend cpu --json --junit result.xml
    expect_code 0
    expect_json
    expect_in result.xml 'tests="2" failures="0" errors="0"'
}

test_validate_level_0_reports_a_device_that_cannot_be_used() {
    pretend_backend
    export TRILBY_TEST_KNOWN_ANSWER=crash
    trilby validate --level 0 --json --junit result.xml --html page.html
    expect_code 1
    expect_json
    expect_in out '"conclusion": "failed"'
    expect_in result.xml 'name="known-answer"'
    expect_in result.xml '<error type="crash"'
    expect_in page.html '<span class="crash">crash</span>'
    export TRILBY_TEST_KNOWN_ANSWER=hang
    trilby validate --level 0 --timeout 1
    expect_code 1
    expect_in out "known-answer    time-out:"
    export TRILBY_TEST_KNOWN_ANSWER=wrong
    trilby validate --level 0
    expect_code 1
    expect_in out "known-answer    error: 3 of 4096 elements are wrong"
    pretend_cpu_backend_is crash  # has no device
    trilby validate --level 0
    expect_code 69
    expect_in out "known-answer    error: backend cpu finds no device"
    mkdir empty
    export TRILBY_BACKEND_DIR=$work/empty
    trilby validate --level 0
    expect_code 69
    expect_in out "known-answer    error:"
    expect_in out "health          "
}

test_validate_compares_a_machine_with_the_file_that_it_wrote() {
    pretend_backend
    trilby validate --level 0 --backend cpu --write-expect node.toml
    expect_code 0
    expect_in node.toml "cpu_cores = "
    trilby validate --level 0 --expect node.toml
    expect_code 0
    expect_in out "inventory       pass:"
    trilby validate --check matmul --seed 1 --expect node.toml
    expect_code 0
    expect_in out "inventory       pass:"
    sed -i 's/^cpu_cores = .*/cpu_cores = 9999/; s/^kernel = .*/kernel = "none"/' node.toml
    trilby validate --level 0 --expect node.toml --json --junit ci.xml --html page.html --summary page.txt
    expect_code 1
    expect_json
    expect_in ci.xml "host, CPU cores: found"
    expect_in page.html "<td>9999</td>"
    expect_in page.txt "expected 'none'"
    python3 -c 'import json, sys
inventory, = [r for r in json.load(open("out"))["results"] if r["check"] == "inventory"]
first, second = inventory["issues"]
sys.exit(inventory["verdict"] != "fail" or first["kind"] != "failure" or second["expected"] != "9999"
         or "node.toml" not in first["remedy"])' || fail "the differences are not in the document"
    sed -i '/^cpu_cores/d; /^kernel/d' node.toml
    trilby validate --level 0 --expect node.toml
    expect_code 0
}

test_validate_compares_a_machine_whose_device_cannot_be_used() {
    pretend_backend
    trilby validate --level 0 --backend cpu --write-expect node.toml
    printf '[[card]]\naddress = "0000:ff:1f.0"\nmodel = "H100"\n' >>node.toml
    mkdir empty
    export TRILBY_BACKEND_DIR=$work/empty
    trilby validate --level 2 --expect node.toml
    expect_code 69
    expect_in out "known-answer    error:"
    expect_in out "H100 at 0000:ff:1f.0: found no such card"
    trilby validate --level 2
    expect_code 69
    expect_empty out
}

test_validate_fails_below_the_limits_of_the_file() {
    need_cpu_backend
    trilby validate --backend cpu --check latency --budget 1 --write-expect node.toml
    expect_code 0
    expect_in node.toml '# 1/s; 90 % of '
    sed -i 's/^"launches in a row" = .*/"launches in a row" = 1/' node.toml
    trilby validate --backend cpu --check latency --budget 1 --expect node.toml
    expect_code 0
    sed -i 's/^"launches in a row" = .*/"launches in a row" = 1e12/' node.toml
    trilby validate --backend cpu --check latency --budget 1 --expect node.toml
    expect_code 1
    expect_in out "1e+12 1/s: limit in node.toml"
    sed -i 's/^threads = .*/threads = 4000/' node.toml
    trilby validate --backend cpu --level 0 --expect node.toml
    expect_code 0
    trilby validate --backend cpu --check latency --budget 1 --expect node.toml
    expect_code 1
    expect_in out "CPU threads of the limits: found"
}

test_validate_never_replaces_or_half_writes_the_file_of_expectations() {
    pretend_backend
    echo mine >node.toml
    trilby validate --level 0 --backend cpu --write-expect node.toml
    expect_code 73
    expect_in err "'node.toml' exists already"
    [ "$(cat node.toml)" = mine ] || fail "the file changed"
    ln -s /nowhere link.toml
    trilby validate --level 0 --write-expect link.toml
    expect_code 73
    trilby validate --level 0 --write-expect /nowhere/node.toml
    expect_code 73
    expect_empty out
    trilby validate --level 0 --write-expect page.html --html ./page.html
    expect_code 64
    expect_in err "two reports have the same file"
    trilby validate --check matmul --seed 2 --write-expect new.toml
    expect_code 1
    expect_in err "was not written, since the validation did not pass"
    [ ! -e new.toml ] || fail "a failed validation wrote what is expected"
    trilby validate --write-expect a --expect b
    expect_code 64
    trilby validate --write-expect a --self-test
    expect_code 64
    trilby validate --check inventory
    expect_code 64
    expect_in err "give the file with --expect"
}

test_validate_does_not_replace_a_file_of_expectations_that_appears_meanwhile() {
    pretend_backend
    start validate --check matmul --seed 11 --write-expect node.toml
    wait_until grep -q computing out
    echo mine >node.toml
    wait "$trilby_pid"; code=$?
    expect_code 73
    expect_in out "matmul          pass"
    expect_in err "'node.toml' exists already"
    [ "$(cat node.toml)" = mine ] || fail "the file changed"
    [ "$(echo node.toml*)" = node.toml ] || fail "a temporary file is left"
}

test_validate_writes_no_expectations_when_it_is_stopped() {
    pretend_backend
    start validate --check matmul --seed 17 --timeout 60 --write-expect node.toml
    wait_until grep -q computing out
    interrupt
    expect_code 130
    expect_empty err
    [ ! -e node.toml ] || fail "a stopped validation wrote what is expected"
}

test_validate_compares_even_if_it_cannot_write_what_is_expected() {
    pretend_backend
    trilby validate --check matmul --seed 1 --json
    mv out before.json
    trilby validate --check matmul --seed 2 --compare before.json --write-expect node.toml
    expect_code 1
    expect_in out "fail, before pass (worse)"
    expect_in err "was not written, since the validation did not pass"
}

test_validate_refuses_a_wrong_file_of_expectations() {
    pretend_backend
    trilby validate --level 0 --expect missing.toml
    expect_code 66
    expect_in err "'missing.toml' does not exist"
    mkdir folder
    trilby validate --level 0 --expect folder
    expect_code 66
    : >node.toml
    trilby validate --level 0 --expect node.toml
    expect_code 65
    expect_in err "key 'version' is missing"
    echo 'version = 2' >node.toml
    trilby validate --level 0 --expect node.toml --json
    expect_code 65
    expect_json
    expect_in err "node.toml:1:11: version is 2, expected 1"
    printf 'version = 1\n[host]\ncores = 2\n' >node.toml
    trilby validate --level 0 --expect node.toml
    expect_code 65
    expect_in err "node.toml:3:9: [host]: unknown key 'cores'"
    printf 'version = 1\n[host]\ncpu_cores = "two"\n' >node.toml
    trilby validate --level 0 --expect node.toml
    expect_code 65
    expect_in err "'cpu_cores' is a string, expected a number"
    head -c 3000000 /dev/zero >node.toml
    trilby validate --level 0 --expect node.toml
    expect_code 66
    expect_in err "is not a regular file of at most 1 MiB"
    trilby validate --level 0 --expect node.toml --html node.toml
    expect_code 64
}

test_validate_refuses_wrong_arguments() {
    trilby validate --check matmull
    expect_code 64
    expect_in err "did you mean 'matmul'?"
    trilby validate --level 5
    expect_code 64
    trilby validate --trials 3
    expect_code 64
    trilby validate --summary same --html ./same
    expect_code 64
    expect_in err "two reports have the same file 'same'"
    trilby validate --compare a --with b --html c
    expect_code 64
    trilby validate --self-test --compare a
    expect_code 64
    for number in 0x10 '' 1e3 +5 99999999999999999999; do
        trilby validate --seed "$number"
        expect_code 64
        expect_in err "'$number' is not a whole number from 0 to 9007199254740992"
    done
    pretend_backend
    trilby validate --device 3
    expect_code 64
    expect_in err "device 3 does not exist"
}

test_validate_reports_never_overwrite_the_input() {
    echo '{}' > before.json; ln -s before.json link.json
    for report in before.json ./before.json link.json; do
        trilby validate --compare before.json --html "$report"
        expect_code 64
        expect_in err "a report would overwrite the input"
        [ "$(cat before.json)" = '{}' ] || fail "the input changed"
    done
}

test_validate_old_reports_do_not_survive_a_failure() {
    echo '<testsuite errors="0"/>' > ci.xml; echo passed > page.html; echo passed > page.txt
    trilby validate --backend nonsense --junit ci.xml --html page.html --summary page.txt
    expect_code 64
    expect_in ci.xml '<error type="unfinished"'
    expect_in page.html "did not finish"
    expect_in page.txt "did not finish"
    python3 -c 'import xml.etree.ElementTree as e; e.parse("ci.xml")' || fail "not XML"
}

test_validate_a_check_that_could_not_run_is_not_a_pass() {
    pretend_backend
    trilby validate --check matmul --seed 6
    expect_code 1
    expect_in out "matmul          out-of-memory: no room"
    expect_in out "failed: 1 out-of-memory"
    trilby validate --check matmul --seed 7
    expect_code 1
    expect_in out "matmul          skip, not-supported: no such check here"
    expect_in out "incomplete: 1 skip"
    trilby validate --check matmul --seed 9
    expect_code 1
    expect_in out "matmul          error: refused"
    expect_in out "failed: 1 error"
}

test_validate_the_command_line_overrides_the_environment_and_both_the_configuration() {
    pretend_backend
    mkdir -p config/trilby
    echo 'backend = "cuda"' >config/trilby/config.toml
    export XDG_CONFIG_HOME=$work/config
    trilby validate --check matmul --seed 1
    expect_code 69
    expect_in err "config.toml:1 asks for the backend cuda"
    export TRILBY_BACKEND=rocm OMP_NUM_THREADS=3
    trilby validate --check matmul --seed 1
    expect_code 69
    expect_in err "TRILBY_BACKEND asks for the backend rocm"
    trilby validate --check matmul --seed 1 --backend cpu
    expect_code 0
    expect_in out "threads     3"
    trilby validate --check matmul --seed 1 --backend cpu --threads 2
    expect_code 0
    expect_in out "threads     2"
}

test_validate_gives_up_a_worker_that_somebody_stopped() {
    pretend_backend
    start validate --check matmul --seed 17 --timeout 2
    wait_until grep -q computing out
    sleep 0.5
    kill -STOP "$(pgrep -n -P "$trilby_pid" trilby-worker)"
    wait "$trilby_pid"; code=$?
    expect_code 1
    expect_in out "matmul          time-out: the worker said nothing for 2.0 s and was killed"
}

test_validate_keeps_the_counts_of_the_check_that_an_interrupt_stops() {
    pretend_backend
    start validate --seed 17 --timeout 60 --junit result.xml --json
    wait_until grep -q computing err
    sleep 1; interrupt
    expect_code 130
    expect_in result.xml 'message="stopped after 1,000 values in 3 rounds, none of them wrong"'
    python3 -c 'import json, sys
first = [r for r in json.load(open("out"))["results"] if r["check"] != "environment"]
sys.exit(first[0]["values_compared"] != 1000 or first[0]["rounds"] != 3
         or any(r["verdict"] != "not-run" for r in first) or first[1]["values_compared"] != 0)' ||
        fail "the counts are lost or invented"
}

test_validate_says_once_what_is_unknown_at_rest() {
    pretend_backend
    trilby validate --level 0 --backend cpu
    [ "$(grep -c 'temperature' out)" -le 1 ] || fail "the temperature is mentioned twice"
}
