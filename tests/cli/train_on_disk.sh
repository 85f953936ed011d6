# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# Training on data that are in a file on a disk.

. "$(dirname "$script")/training.sh"

export TRILBY_DATA_MEMORY=0

expect_trained_on_disk() {
    expect_code 0
    expect_in out "of data are in a file in '"
    expect_in out "on a disk; training waited"
    python3 -c 'import json; r = json.load(open("run/result.json")); assert r["reading"]["bytes"] > 0' ||
        fail "the result does not say so"
}

test_disk_holds_each_kind_of_data() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 2 --threads 1 --output run; expect_trained_on_disk
    rm -r run
    make_data text text.txt
    trilby train text.txt --epochs 1 --threads 1 --output run; expect_trained_on_disk
    rm -r run
    make_data series series.csv
    trilby train series.csv --epochs 1 --threads 1 --output run; expect_trained_on_disk
    rm -r run
    make_data images photos
    trilby train photos --epochs 1 --threads 1 --output run; expect_trained_on_disk
}

# Blocks in an order of their own: 1.2 MB are five of them.
make_blocks() {
    make_data text part.txt
    while [ "$(stat -c %s blocks.txt 2> /dev/null || echo 0)" -lt 1200000 ]; do cat part.txt >> blocks.txt; done
    blocks=(blocks.txt --threads 1 --epochs 8 --set training.steps_per_epoch=20 --set network.layers=1
        --set network.width=32 --set network.heads=2 --set data.validation=0.02)
}

test_disk_runs_resume_to_the_same_bits() {
    make_blocks
    expect_resumes_to_the_same_bits "${blocks[@]}"
}

# The order of the examples is that of the checkpoint, wherever the data are.
test_disk_runs_resume_to_the_same_bits_in_memory() {
    make_blocks
    trilby train "${blocks[@]}" --output whole
    expect_code 0
    start_until_checkpoint cut "${blocks[@]}"
    kill -KILL "$trilby_pid"
    wait "$trilby_pid" 2>/dev/null
    unset TRILBY_DATA_MEMORY
    trilby train --resume cut
    expect_code 0
    cmp whole/checkpoint.safetensors cut/checkpoint.safetensors || fail "the bits differ"
    trilby train "${blocks[@]}" --output memory
    expect_code 0
    cmp -s whole/checkpoint.safetensors memory/checkpoint.safetensors && fail "the order is that of memory"
    true
}

test_disk_processes_share_the_data() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 2 --threads 1 --set training.batch_size=40 \
        --set training.accumulation=2 --output one
    expect_code 0
    trilby train rows.csv --target price --epochs 2 --threads 1 --set training.batch_size=40 \
        --set training.accumulation=2 --processes 2 --output two
    [ "$code" -ne 69 ] || skip "Trilby was built without an engine"
    expect_code 0
    for tensor_file in one two; do
        trilby export "$tensor_file" --output "$tensor_file.safetensors"
        expect_code 0
    done
    cmp one.safetensors two.safetensors || fail "the weights have other bits"
}

test_disk_evaluates_and_predicts() {
    make_data table rows.csv
    trilby train rows.csv --target price --epochs 2 --threads 1 --output run
    expect_code 0
    trilby evaluate run --json; expect_code 0; cp out from-disk.json
    unset TRILBY_DATA_MEMORY
    trilby evaluate run --json; expect_code 0
    diff <(sed 's/"[a-z_]*second[a-z_]*":[^,}]*//g' from-disk.json) \
         <(sed 's/"[a-z_]*second[a-z_]*":[^,}]*//g' out) || fail "the evaluation differs"
    trilby predict run rows.csv; expect_code 0; cp out in-memory.csv
    export TRILBY_DATA_MEMORY=0
    trilby predict run rows.csv; expect_code 0
    cmp out in-memory.csv || fail "the predictions differ"
}

test_disk_must_be_a_disk_with_room() {
    make_data table rows.csv
    TMPDIR=/nonexistent/folder trilby train rows.csv --target price --output run
    expect_code 74
    expect_in err "/nonexistent/folder"
    expect_in err "set TMPDIR to a folder on a disk with enough space"
    [ ! -e run ] || fail "a run was begun"
    TRILBY_DATA_MEMORY=much trilby train rows.csv --target price --output run
    expect_code 64
    expect_in err "TRILBY_DATA_MEMORY is 'much', expected a size"
}
