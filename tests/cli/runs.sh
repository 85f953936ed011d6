# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# A run of a series that nobody trained. Arguments: its folder, the epochs done, its test MSE or nothing.
make_run() {
    mkdir -p "$1"
    echo 1 > "$1/.trilby-lock"
    cat > "$1/recipe.toml" <<EOF
name = "made"
task = "series"
[training]
epochs = 3
batch_size = 4
[optimizer]
name = "adamw"
learning_rate = ${learning_rate:-0.001}
[schedule]
name = "constant"
[data]
path = "load.csv"
look_back = 8
horizon = 2
[network]
kind = "linear"
EOF
    for epoch in $(seq "$2"); do write_epoch "$1" "$epoch"; done
    if [ -n "${3:-}" ]; then write_result "$1" "$2" "$3"; fi
}

write_epoch() {
    printf '{"epoch":%d,"step":%d,"training_loss":0.5,"validation":{"mse":0.25},%s}\n' "$2" "$2" \
        '"learning_rate":0.1,"units_per_second":1000.0,"seconds":2.0' >> "$1/metrics.jsonl"
}

# With a checkpoint, as a run that has ended has one.
write_result() {
    printf '{"epochs":%d,"steps":3,"seconds":4.0,"metric":"mse","validation":{"mse":0.25},%s%s}\n' "$2" \
        "\"test\":{\"mse\":$3},\"test_examples\":5,\"checkpoint\":\"x\",\"graph\":null," \
        '"baselines":[{"name":"last value","metrics":{"mse":1.5}}]' > "$1/result.json"
    python3 - "$1/checkpoint.safetensors" <<'EOF'
import json, sys
header = json.dumps({"__metadata__": {"trilby.schema": "{}"}}).encode()
open(sys.argv[1], "wb").write(len(header).to_bytes(8, "little") + header)
EOF
}

test_runs_lists_the_runs_of_a_folder() {
    make_run runs/a 3 0.5
    make_run runs/b 1
    mkdir runs/other
    touch -d '2024-01-05 12:00' runs/a/*
    trilby runs
    expect_code 0
    expect_in out "made  series  ended     3/3        test MSE 0.5000  2024-01-05 12:00"
    expect_in out "made  series  empty     1/3  validation MSE 0.2500"
    [ "$(wc -l < out)" -eq 3 ] || fail "not two runs and a header"
    trilby runs runs --json
    expect_code 0
    expect_json
    expect_in out '"state": "empty"'
}

test_runs_without_any_says_so() {
    trilby runs
    expect_code 66
    expect_in err "there is no folder 'runs'"
    mkdir runs
    trilby runs
    expect_code 0
    expect_in out "no runs in runs"
    trilby runs --json
    expect_json
    trilby runs nowhere --json
    expect_code 66
    expect_json
}

test_runs_says_why_a_run_is_damaged() {
    make_run runs/a 3 0.5
    : > runs/a/checkpoint.safetensors
    trilby runs
    expect_code 0
    expect_in out "a is damaged: checkpoint 'runs/a/checkpoint.safetensors' is damaged"
}

test_runs_compare_shows_what_differs_and_what_is_better() {
    make_run a 3 0.5
    learning_rate=0.01 make_run b 3 0.4
    trilby runs compare a b
    expect_code 0
    expect_in out "optimizer.learning_rate  0.001  0.01"
    expect_in out "b is better by the test MSE"
    trilby runs compare a b --json
    expect_code 0
    expect_json
    expect_in out '"key": "optimizer.learning_rate"'
    trilby runs compare a
    expect_code 64
    trilby runs compare a nowhere --json
    expect_code 66
    expect_json
}

test_runs_compare_refuses_to_judge_different_data() {
    make_run a 3 0.5
    make_run b 3 0.4
    sed -i 's/^horizon = 2/horizon = 3/' b/recipe.toml
    trilby runs compare a b
    expect_code 0
    expect_in out "their results cannot be compared: they learned different data: data.horizon"
}

test_runs_tail_prints_the_epochs() {
    make_run a 2
    trilby runs tail a
    expect_code 0
    expect_in out "epoch 2/3  loss 0.5000  validation MSE 0.2500  1,000 windows/s  2.0 s"
    [ "$(wc -l < out)" -eq 2 ] || fail "not two epochs"
    trilby runs tail a --follow
    expect_code 0
    trilby runs tail nowhere
    expect_code 66
}

test_runs_tail_follows_a_run_until_its_lock_is_free() {
    make_run a 1
    hold_lock a/.trilby-lock
    start runs tail a --follow
    wait_until grep -q "epoch 1/3" out
    write_epoch a 2
    wait_until grep -q "epoch 2/3" out
    expect_in out "epoch 2/3"
    write_epoch a 3
    kill "$holder_pid"
    wait "$trilby_pid"; code=$?
    expect_code 0
    expect_in out "epoch 3/3"
}

test_runs_tail_can_be_interrupted() {
    make_run a 1
    hold_lock a/.trilby-lock
    start runs tail a --follow
    wait_until grep -q "epoch 1/3" out
    interrupt
    kill "$holder_pid"
    expect_code 130
}

test_runs_watch_draws_at_any_size_and_follows_the_files() {
    make_run a 1
    on_terminal resize a
}

test_runs_watch_gives_back_the_terminal_at_the_end() {
    make_run a 1
    on_terminal keys a
    on_terminal signal a
}

test_runs_watch_gives_back_the_terminal_while_it_is_stopped() {
    make_run a 1
    on_terminal suspend a
}

test_runs_watch_needs_a_terminal() {
    make_run a 1
    trilby runs watch a
    expect_code 64
    expect_in err "standard output is not a terminal"
    expect_in err "trilby runs tail --follow a"
    expect_empty out
}

test_runs_tensorboard_writes_files_that_another_program_reads() {
    make_run runs/a 3 0.25
    make_run runs/b 1
    touch -d '@1700000000' runs/a/recipe.toml
    trilby runs tensorboard runs/a runs/b
    expect_code 0
    expect_in out "runs/a/events.out.tfevents.trilby"
    [ "$(wc -l < out)" -eq 2 ] || fail "not two files"
    # The system's Python, which has the packages of the system.
    /usr/bin/python3 "$(dirname "$script")/read_events.py" runs/*/events.out.tfevents.trilby > events 2> err; code=$?
    [ "$code" -ne 125 ] || skip "$(cat err)"
    expect_code 0
    [ "$(wc -l < events)" -eq 5 ] || fail "not four epochs and a test"
    expect_in events '{"time": 1700000004.0, "step": 2, "loss/training": 0.5, "mse/validation": 0.25, '
    expect_in events '"training/learning_rate": 0.10000000149011612, "training/units_per_second": 1000.0}'
    expect_in events '{"time": 1700000006.0, "step": 3, "mse/test": 0.25}'
}

test_runs_tensorboard_goes_on_after_what_it_refuses() {
    make_run a 1
    make_run b 1
    hold_lock a/.trilby-lock
    trilby runs tensorboard nowhere a b
    kill "$holder_pid"
    expect_code 66
    expect_in err "nowhere' is not the folder of a run"
    expect_in err "a' is in use"
    [ -s b/events.out.tfevents.trilby ] || fail "no file"
}

test_runs_of_ten_thousand_epochs_are_listed_by_their_end() {
    make_run runs/a 0
    python3 - > runs/a/metrics.jsonl <<'EOF'
for epoch in range(1, 10001):
    print('{"epoch":%d,"step":%d,"training_loss":0.5,"validation":{"mse":0.25},"learning_rate":0.1,'
          '"units_per_second":1000.0,"seconds":2.0}' % (epoch, epoch))
EOF
    write_result runs/a 10000 0.5
    trilby runs
    expect_code 0
    expect_in out "10000/3"
    trilby runs tail runs/a
    expect_code 0
    [ "$(wc -l < out)" -eq 10000 ] || fail "not all epochs"
    trilby runs tensorboard runs/a
    expect_code 0
}

test_runs_show_the_machine_of_the_training() {
    make_run a 3 0.5
    make_run b 3 0.4
    sed -i 's/"baselines"/"machine":{"trilby":"1.2.3","backend":"cpu","device":"Made CPU","libtorch":"2.9.1",'\
'"threads":2,"system":"Made Linux","kernel":"6.1"},&/' b/result.json
    trilby runs compare a b
    expect_code 0
    expect_in out "Made CPU"
    trilby runs . --json
    expect_json
    expect_in out '"libtorch": "2.9.1"'
}

test_runs_remove_removes_only_what_trilby_wrote() {
    make_run a 3 0.5
    make_run b 3 0.5
    trilby runs tensorboard a b
    expect_code 0
    echo mine > b/notes.txt
    trilby runs remove a b --dry-run
    expect_code 0
    expect_in out "would remove $work/a ("
    [ -e a/recipe.toml ] || fail "something was removed"
    trilby runs remove a b
    expect_code 0
    expect_in out "removed $work/a ("
    expect_in out "the folder stays, because Trilby did not write: notes.txt"
    [ ! -e a ] || fail "a is still there"
    [ "$(ls -A b)" = notes.txt ] || fail "not only notes.txt stayed"
}

test_runs_remove_goes_on_after_what_it_refuses() {
    make_run a 1
    make_run b 1
    mkdir other
    hold_lock a/.trilby-lock
    trilby runs remove other a b
    kill "$holder_pid"
    expect_code 66
    expect_in err "other' is not the folder of a run"
    expect_in err "a' is in use"
    [ ! -e b ] || fail "b is still there"
    [ -e a/recipe.toml ] || fail "a was in use"
}
