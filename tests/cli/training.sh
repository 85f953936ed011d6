# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# Shared by the tests of trilby train.

dataset=/usr/share/datasets/fashion-mnist

need_dataset() {
    trilby data path fashion-mnist
    [ "$code" -eq 0 ] || skip "the data set fashion-mnist is not on this machine"
    dataset=$(cat out)
}

need_engine() {
    local prefix
    prefix=$(dirname "$(dirname "$(realpath "$program")")")
    compgen -G "$prefix/lib*/trilby/engines/$1.so" > /dev/null || compgen -G "$prefix/lib/*/trilby/engines/$1.so" > /dev/null ||
        skip "Trilby was built without the engine $1"
}

make_data() { python3 "$(dirname "$script")/made_data.py" "$@"; }

# A recipe that trains in a second: tiny.toml. Arguments: epochs, training images.
write_recipe() {
    cat > tiny.toml <<EOF
name = "tiny"
[data]
dataset = "fashion-mnist"
validation_examples = 200
training_examples = ${2:-512}
test_examples = 200
horizontal_flip = true
shift_pixels = 1
[training]
epochs = ${1:-2}
batch_size = 64
[optimizer]
name = "adamw"
learning_rate = 0.002
[schedule]
name = "cosine"
[network]
layers = [
    { layer = "conv2d", channels = 8, kernel = 3, padding = 1 },
    { layer = "batch_norm" },
    { layer = "relu" },
    { layer = "max_pool2d" },
    { layer = "flatten" },
    { layer = "dropout", probability = 0.2 },
    { layer = "linear", features = 10 },
]
EOF
}

# Waits until the run that was started has written the file $1.
wait_until_written() {
    is_written_or_over() { [ -s "$1" ] || ! kill -0 "$trilby_pid" 2>/dev/null; }
    wait_until is_written_or_over "$1"
    [ -s "$1" ] || fail "the run ended early"
}

# Starts a long run in the background and waits until its first epoch is in the metrics.
start_long_run() {
    write_recipe 400 512
    start train ./tiny.toml --output run
    wait_until_written run/metrics.jsonl
}

# Starts a run in folder $1 in the background, and waits until it has a checkpoint.
start_until_checkpoint() {
    local folder=$1
    shift
    start train "$@" --output "$folder"
    wait_until_written "$folder/checkpoint.safetensors"
}

# Ends a run after its first epoch and resumes it; the same run without an interruption must have
# the same bits. Arguments: those of trilby train.
expect_resumes_to_the_same_bits() {
    trilby train "$@" --output whole
    expect_code 0
    start_until_checkpoint cut "$@"
    kill -KILL "$trilby_pid"
    wait "$trilby_pid" 2>/dev/null
    trilby train --resume cut
    expect_code 0
    cmp whole/checkpoint.safetensors cut/checkpoint.safetensors || fail "the bits differ"
    diff <(sed 's/"[a-z_]*second[a-z_]*":[^,}]*//g' whole/metrics.jsonl) \
         <(sed 's/"[a-z_]*second[a-z_]*":[^,}]*//g' cut/metrics.jsonl) || fail "the metrics differ"
}
