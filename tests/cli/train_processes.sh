# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# Training in several processes.

. "$(dirname "$script")/training.sh"

# What all runs here train.
table_words=(rows.csv --target price --epochs 4 --threads 1 --set training.batch_size=40)

need_table() { make_data table rows.csv; }

# Starts process $1 of $2 as a launcher does, with the other words, in the background.
start_process() {
    local rank=$1 size=$2
    shift 2
    RANK=$rank WORLD_SIZE=$size LOCAL_RANK=$rank LOCAL_WORLD_SIZE=$size MASTER_ADDR=127.0.0.1 \
        MASTER_PORT=$port "$program" train "$@" > "out-$rank" 2> "err-$rank" &
    pids[rank]=$!
}

find_port() { port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'); }

test_processes_give_the_bits_of_one_that_accumulates() {
    need_table
    trilby train "${table_words[@]}" --set training.accumulation=2 --output one
    expect_code 0
    trilby train "${table_words[@]}" --set training.accumulation=2 --processes 2 --output two
    expect_code 0
    expect_in out "processes   2 on this machine, over shared-memory"
    expect_in out "saved"
    for tensor_file in one two; do
        trilby export "$tensor_file" --output "$tensor_file.safetensors"
        expect_code 0
    done
    cmp one.safetensors two.safetensors || fail "the weights have other bits"
    [ "$(wc -l < two/metrics.jsonl)" -eq 4 ] || fail "the metrics do not have each epoch once"
}

test_processes_share_a_batch_and_learn_the_same() {
    need_table
    trilby train "${table_words[@]}" --set network.dropout=0 --output one
    trilby train "${table_words[@]}" --set network.dropout=0 --processes 3 --output three
    expect_code 0
    python3 - <<'END' || fail "the losses differ"
import json
losses = [[json.loads(line)["training_loss"] for line in open(f"{run}/metrics.jsonl")] for run in ("one", "three")]
assert len(losses[0]) == len(losses[1]) == 4
assert all(abs(a - b) < 1e-3 * abs(a) for a, b in zip(*losses)), losses
END
}

test_processes_resume_to_the_same_bits() {
    need_table
    expect_resumes_to_the_same_bits rows.csv --target price --epochs 40 --threads 1 --processes 2
}

test_processes_stop_together_after_an_interrupt() {
    need_table
    start train rows.csv --target price --epochs 4000 --threads 1 --processes 2 --output run
    wait_until [ -s run/metrics.jsonl ]
    interrupt
    expect_code 130
    expect_in err "the checkpoint is saved"
}

test_processes_name_one_that_was_killed() {
    need_table
    start train rows.csv --target price --epochs 4000 --threads 1 --processes 2 --output run
    wait_until [ -s run/metrics.jsonl ]
    pkill -KILL -n -P "$trilby_pid"; wait "$trilby_pid"; code=$?
    expect_code 1
    expect_in err "was killed (SIGKILL)"
    [ -s run/checkpoint.safetensors ] || fail "the checkpoint is gone"
}

test_processes_of_a_launcher_give_the_bits_of_our_own() {
    need_table; find_port
    trilby train "${table_words[@]}" --processes 2 --output own
    expect_code 0
    declare -a pids
    start_process 1 2 "${table_words[@]}" --output launched
    start_process 0 2 "${table_words[@]}" --output launched
    wait "${pids[0]}" || fail "process 0: $(cat err-0)"
    wait "${pids[1]}" || fail "process 1: $(cat err-1)"
    grep -q "processes   2, started by torchrun, over shared-memory" out-0 || fail "process 0 does not say who started it"
    [ ! -s out-1 ] || fail "process 1 prints: $(cat out-1)"
    cmp own/checkpoint.safetensors launched/checkpoint.safetensors || fail "the bits differ"
    start_process 1 2 --resume launched
    start_process 0 2 --resume launched
    wait "${pids[0]}" || fail "process 0: $(cat err-0)"
    kill "${pids[1]}" 2>/dev/null
    grep -q "this run has ended" out-0 || fail "the ended run is not recognized: $(cat out-0)"
}

test_processes_that_use_a_network_give_the_bits_of_our_own() {
    need_engine gloo; need_table; find_port
    trilby train "${table_words[@]}" --processes 2 --output own
    expect_code 0
    declare -a pids
    start_process 1 2 "${table_words[@]}" --interface lo --output launched
    start_process 0 2 "${table_words[@]}" --interface lo --output launched
    wait "${pids[0]}" || fail "process 0: $(cat err-0)"
    wait "${pids[1]}" || fail "process 1: $(cat err-1)"
    grep -q "over gloo" out-0 || fail "another engine: $(cat out-0)"
    cmp own/checkpoint.safetensors launched/checkpoint.safetensors || fail "the bits differ"
}

test_processes_of_mpirun_give_the_bits_of_our_own() {
    need_engine openmpi; need_table
    command -v mpirun > /dev/null || skip "needs mpirun"
    trilby train "${table_words[@]}" --processes 2 --output own
    expect_code 0
    OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 mpirun --oversubscribe -n 2 "$program" train \
        "${table_words[@]}" --output launched > out 2> err
    code=$?
    expect_code 0
    cmp own/checkpoint.safetensors launched/checkpoint.safetensors || fail "the bits differ"
}

test_processes_that_do_not_all_start_end_in_time() {
    need_table; find_port
    declare -a pids
    start_process 0 2 "${table_words[@]}" --output run --timeout 6
    wait "${pids[0]}"; code=$?
    cp out-0 out; cp err-0 err
    expect_code 69
    expect_in err "process 0 of 2 cannot"
    [ ! -e run ] || fail "the folder of a run without a checkpoint is left"
}

test_processes_with_other_data_are_refused() {
    need_table; find_port
    head -n 100 rows.csv > fewer.csv
    declare -a pids
    start_process 1 2 fewer.csv "${table_words[@]:1}" --output run
    start_process 0 2 "${table_words[@]}" --output run
    wait "${pids[1]}"; code=$?
    wait "${pids[0]}" && fail "process 0 trains alone"
    cp out-1 out; cp err-1 err
    expect_code 64
    expect_in err "process 1 has another recipe or other data than process 0"
}

test_processes_on_several_machines_need_an_interface() {
    need_table
    code=0
    RANK=0 WORLD_SIZE=2 LOCAL_WORLD_SIZE=1 MASTER_ADDR=node1 "$program" train "${table_words[@]}" > out 2> err || code=$?
    expect_code 64
    expect_in err "run on several machines"
    expect_in err "--interface NAME"
}

test_processes_are_not_counted_twice() {
    need_table
    code=0
    RANK=0 WORLD_SIZE=2 LOCAL_WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 "$program" train "${table_words[@]}" --processes 2 \
        > out 2> err || code=$?
    expect_code 64
    expect_in err "leave out --processes"
}

test_processes_of_an_ended_run_all_end() {
    need_table; find_port
    trilby train "${table_words[@]}" --processes 2 --output run
    expect_code 0
    declare -a pids
    start_process 1 2 --resume run
    start_process 0 2 --resume run
    wait "${pids[0]}" || fail "process 0 failed"
    wait "${pids[1]}" || fail "process 1 failed"
}
