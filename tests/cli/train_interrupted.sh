# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

. "$(dirname "$script")/training.sh"

test_train_interrupt_keeps_a_checkpoint_that_resumes_exactly() {
    need_dataset; write_recipe 6 4096
    trilby train ./tiny.toml --output whole
    expect_code 0
    start train ./tiny.toml --output parts
    wait_until [ -s parts/metrics.jsonl ]
    interrupt
    [ "$code" -ne 0 ] || skip "the run was over before it could be interrupted"
    expect_code 130
    trilby train --resume parts
    expect_code 0
    expect_in out "resumed after step"
    cmp whole/checkpoint.safetensors parts/checkpoint.safetensors || fail "the resumed run differs"
}

test_train_resume_continues_the_event_file() {
    need_dataset; write_recipe 6 4096
    start train ./tiny.toml --output run --tensorboard
    wait_until [ -s run/metrics.jsonl ]
    interrupt
    [ "$code" -ne 0 ] || skip "the run was over before it could be interrupted"
    printf 'damaged' >> run/events.out.tfevents.trilby
    trilby train --resume run
    expect_code 0
    expect_in out "events      run/events.out.tfevents.trilby"
    /usr/bin/python3 "$(dirname "$script")/read_events.py" run/events.out.tfevents.trilby > events 2> err; code=$?
    [ "$code" -ne 125 ] || skip "$(cat err)"
    expect_code 0
    [ "$(grep -o '"step": [0-9]*' events | tr -dc '0-9')" = 1234566 ] || fail "not each epoch once, and the test"
    expect_in run/result.json '"machine": {'
}

test_train_survives_a_killed_worker() {
    need_dataset
    start_long_run
    pkill -KILL -P "$trilby_pid"; wait "$trilby_pid"; code=$?
    expect_code 1
    expect_in err "was killed (SIGKILL)"
    [ -s run/checkpoint.safetensors ] || fail "the checkpoint is gone"
}

test_train_survives_a_crashed_worker() {
    need_dataset
    start_long_run
    pkill -SEGV -P "$trilby_pid"; wait "$trilby_pid"; code=$?
    expect_code 1
    expect_in err "crashed (SIGSEGV)"
}

test_train_leaves_no_process_behind() {
    need_dataset; write_recipe; pretend_cpu_backend_is hang
    start train ./tiny.toml --timeout 2
    find_worker() { worker_pid=$(pgrep -P "$trilby_pid" -x trilby-worker); }
    wait_until find_worker
    wait "$trilby_pid"
    if kill -0 "$worker_pid" 2>/dev/null; then fail "worker $worker_pid lives on"; fi
}

test_train_killed_trilby_ends_its_worker() {
    need_dataset
    start_long_run
    worker_pid=$(pgrep -P "$trilby_pid")
    kill -KILL "$trilby_pid"; wait "$trilby_pid" 2>/dev/null
    for _ in $(seq 50); do kill -0 "$worker_pid" 2>/dev/null || return 0; sleep 0.1; done
    fail "worker $worker_pid lives on"
}

test_train_takes_the_checkpoint_before_a_damaged_one() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output run
    cp run/checkpoint.safetensors whole
    rm run/result.json  # as if it had not ended
    printf 'x' | dd of=run/checkpoint.safetensors bs=1 seek=3000 conv=notrunc 2>/dev/null
    trilby train --resume run
    expect_code 0
    expect_in out "warning: checkpoint '$work/run/checkpoint.safetensors' is damaged"
    expect_in out "resumed after step 8 of 16"
    cmp whole run/checkpoint.safetensors || fail "the resumed run differs"
}

test_train_damaged_checkpoints_are_not_resumed() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output run
    rm run/result.json  # as if it had not ended
    for file in run/checkpoint.safetensors run/checkpoint-1.safetensors; do
        printf 'x' | dd of=$file bs=1 seek=3000 conv=notrunc 2>/dev/null
    done
    trilby train --resume run
    expect_code 65
    expect_in err "is damaged"
}

test_train_interrupt_is_never_lost() {
    need_dataset; write_recipe 400 512
    # From before the worker exists until after it has started to train.
    for delay in 0.05 0.2 0.4 0.8; do
        start train ./tiny.toml --output "run-$delay"
        wait_until [ -s out ]
        sleep "$delay"
        interrupt
        expect_code 130
    done
}

test_train_interrupt_says_what_it_waits_for() {
    need_dataset
    start_long_run
    interrupt
    expect_code 130
    expect_in err "stopping after this step; Ctrl-C again ends at once"
}

test_train_terminated_by_timeout_keeps_its_checkpoint() {
    need_dataset; write_recipe 400 512
    # timeout signals its child, and then the process group of its child.
    timeout -s TERM 6 "$program" train ./tiny.toml --output run > out 2> err < /dev/null
    expect_in err "the checkpoint is saved"
    [ -s run/checkpoint.safetensors ] || fail "no checkpoint"
}

test_train_run_that_never_started_can_be_repeated() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output run --device 3
    expect_code 64
    expect_in err "use --device 0"
    [ ! -e run ] || fail "a folder is left"
    trilby train ./tiny.toml --output run
    expect_code 0
}

test_train_keeps_foreign_files_in_its_folder() {
    need_dataset; write_recipe
    mkdir run; echo mine > run/notes
    trilby train ./tiny.toml --output run --device 3
    expect_code 64
    expect_in run/notes mine
    [ ! -e run/recipe.toml ] || fail "the recipe is left, and blocks the next try"
}

test_train_resume_of_a_run_that_has_ended_changes_nothing() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output run
    expect_code 0
    sha256sum run/* > before
    trilby train --resume run
    expect_code 0
    expect_in out "this run has ended: test accuracy"
    trilby train --resume run --json
    expect_code 0
    expect_json
    sha256sum run/* | cmp - before || fail "the run was changed"
}

test_train_resume_needs_a_folder_that_can_be_written() {
    need_dataset; write_recipe
    [ "$(id -u)" -ne 0 ] || skip "root may write everywhere"
    trilby train ./tiny.toml --output run
    rm run/result.json
    chmod u-w run
    trilby train --resume run
    chmod u+w run
    expect_code 73
}

test_train_two_runs_never_share_a_folder() {
    need_dataset; start_long_run
    trilby train ./tiny.toml --output run
    expect_code 73
    expect_in err "already has a file recipe.toml"
    trilby train --resume run
    expect_code 73
    expect_in err "is in use by another run (process $trilby_pid)"
    kill -0 "$trilby_pid" || fail "the first run ended"
    interrupt
    start train --resume run
    wait_until grep -q "resumed after" out
    interrupt
    expect_code 130
}

test_train_never_overwrites_files_of_somebody_else() {
    need_dataset; write_recipe 1 64; mkdir run
    for name in checkpoint.safetensors metrics.jsonl result.json; do
        echo mine > "run/$name"
        trilby train ./tiny.toml --output run
        expect_code 73
        expect_in err "already has a file $name"
        [ "$(cat "run/$name")" = mine ] || fail "$name changed"
        rm "run/$name"
    done
    echo mine > run/checkpoint.safetensors.tmp
    trilby train ./tiny.toml --output run
    expect_code 0
    [ "$(cat run/checkpoint.safetensors.tmp)" = mine ] || fail "a file of the user is gone"
}

# Epochs that trilby could not record before it was killed are in the checkpoint.
test_train_a_resumed_run_has_the_metrics_of_every_epoch() {
    need_dataset; start_long_run
    kill -STOP "$trilby_pid"; sleep 1.5; kill -KILL "$trilby_pid"; wait "$trilby_pid" 2>/dev/null
    start train --resume run
    sleep 3; interrupt
    python3 - <<'EOF' || fail "an epoch is missing or doubled"
import json
epochs = [json.loads(line)["epoch"] for line in open("run/metrics.jsonl")]
assert epochs == list(range(1, len(epochs) + 1)), epochs
EOF
}

test_train_says_at_once_that_metrics_cannot_be_written() {
    need_dataset; write_recipe 400 512
    start train ./tiny.toml --output run
    wait_until [ -s run/metrics.jsonl ]
    until mkdir run/metrics.jsonl 2> /dev/null; do rm -f run/metrics.jsonl; done  # each epoch makes it again
    wait "$trilby_pid"; code=$?
    expect_code 73
    expect_in err "cannot open '$PWD/run/metrics.jsonl'"
    [ -s run/checkpoint.safetensors ] || fail "the work is lost"
}

test_train_a_closed_pipe_leaves_nothing_behind() {
    need_dataset; write_recipe 400 512
    for _ in 1 2 3; do
        { "$program" train ./tiny.toml --output run 2>err; echo $? > status; } | head -1 > out
        [ "$(cat status)" -ne 0 ] || fail "a closed pipe looks like success"
        [ ! -e run ] || [ -s run/checkpoint.safetensors ] || fail "half a run is left"
        rm -rf run
    done
}

test_train_has_the_same_bits_after_kills_at_random_moments() {
    python3 "$(dirname "$script")/kills.py" "$program" --kills 6 > out 2> err || fail "see below"
}

test_train_resumes_a_run_that_was_killed_before_its_first_checkpoint() {
    need_dataset; write_recipe 1 64; pretend_cpu_backend_is hang
    start train ./tiny.toml --output run
    wait_until [ -e run/recipe.toml ]
    kill -KILL "$trilby_pid"; wait "$trilby_pid" 2>/dev/null
    unset TRILBY_BACKEND_DIR
    trilby train ./tiny.toml --output run
    expect_code 73
    expect_in err "resume that run with --resume"
    trilby train --resume run
    expect_code 0
    [ "$(wc -l < run/metrics.jsonl)" -eq 1 ] || fail "not one epoch"
}

test_train_resuming_waits_for_the_worker_of_a_killed_run() {
    need_dataset; write_recipe 1 64; pretend_cpu_backend_is hang
    start train ./tiny.toml --output run
    wait_until [ -e run/recipe.toml ]
    kill -KILL "$trilby_pid"; wait "$trilby_pid" 2>/dev/null
    killed_pid=$trilby_pid
    unset TRILBY_BACKEND_DIR
    hold_lock run/.trilby-lock  # like a worker that is slow to end
    worker_pid=$holder_pid
    start train --resume run
    wait_until [ -s err ]
    expect_in err "waiting for the worker of process $killed_pid, which was killed"
    interrupt
    expect_code 130
    start train --resume run
    wait_until [ -s err ]
    kill "$worker_pid"
    wait "$trilby_pid"; code=$?
    expect_code 0
}

# Only an epoch that is not in a checkpoint may be computed again.
test_train_does_not_restart_a_run_whose_checkpoint_is_gone() {
    need_dataset; write_recipe 2 64
    trilby train ./tiny.toml --output run
    expect_code 0
    rm run/result.json run/checkpoint*.safetensors
    trilby train --resume run
    expect_code 66
    expect_in err "no checkpoint to resume from, but metrics of 2 epochs"
}

test_train_resume_refuses_a_recipe_that_was_changed() {
    need_dataset; write_recipe 2 64
    trilby train ./tiny.toml --output run
    expect_code 0
    rm run/result.json  # as if it had not ended
    sed -i 's/^learning_rate = .*/learning_rate = 0.5/' run/recipe.toml
    trilby train --resume run
    expect_code 65
    expect_in err "the recipe beside checkpoint '$work/run/checkpoint.safetensors' was changed"
}

test_train_too_few_open_files_are_reported_as_such() {
    need_dataset; write_recipe 1 64
    (ulimit -n 10; "$program" train ./tiny.toml --output run > out 2> err < /dev/null); code=$?
    expect_code 74
    expect_in err "raise the limit of open files"
    [ ! -e run ] || fail "half a run is left"
}

test_train_on_a_disk_that_fills_keeps_its_checkpoints() {
    make_data table rows.csv
    local words=(rows.csv --target price --epochs 100 --threads 1)
    mkdir small
    mount -t tmpfs -o size=40m tmpfs small 2>/dev/null || skip "mounting a small file system needs root"
    start_until_checkpoint small/run "${words[@]}"
    dd if=/dev/zero of=small/rest bs=64k 2> /dev/null
    wait "$trilby_pid"; code=$?
    cp out out-of-full; cp err err-of-full
    rm small/rest
    trilby train --resume small/run
    cp -r small/run cut; umount small
    expect_code 0
    trilby train "${words[@]}" --output whole
    cmp whole/checkpoint.safetensors cut/checkpoint.safetensors || fail "the bits differ"
    cp err-of-full err
    expect_in err "No space left on device"
}

test_train_takes_no_damaged_checkpoint_as_good() {
    python3 "$(dirname "$script")/damage.py" "$program" --flips 60 --truncations 20 --resumed 4 > out 2> err ||
        fail "see below"
}

test_train_in_a_read_only_folder_changes_nothing() {
    make_data table rows.csv
    local words=(rows.csv --target price --epochs 2 --threads 1)
    trilby train "${words[@]}" --output run
    rm run/result.json  # as if it had not ended
    cp -r run before
    mount --bind run run 2> /dev/null || skip "mounting needs root"
    mount -o remount,bind,ro run || { umount run; skip "this system cannot mount read-only"; }
    trilby train --resume run
    local resumed=$code; cp err resumed-err
    trilby train "${words[@]}" --output run/other
    umount run
    expect_code 73
    expect_in err "read-only"
    [ "$resumed" -eq 73 ] || fail "--resume ended with $resumed: $(cat resumed-err)"
    diff -r before run || fail "the run has changed"
}
