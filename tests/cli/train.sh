# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

dataset=/usr/share/datasets/fashion-mnist

need_dataset() {
    trilby data path fashion-mnist
    [ "$code" -eq 0 ] || skip "the data set fashion-mnist is not on this machine"
    dataset=$(cat out)
}

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

# Replaces the CPU backend with a test module.
pretend_cpu_backend_is() {
    mkdir -p backends
    cp "$TRILBY_TEST_MODULES/trilby-backend-$1.so" backends/trilby-backend-cpu.so
    printf '%s' '{"manifest":1,"name":"cpu","module":"trilby-backend-cpu.so","abi":1,' \
        '"version":"0.1.0","libtorch":"none"}' > backends/trilby-backend-cpu.json
    export TRILBY_BACKEND_DIR=$work/backends
}

# Starts a long run in the background and waits until its first epoch is in the metrics.
start_long_run() {
    write_recipe 400 512
    start train ./tiny.toml --output run
    for _ in $(seq 300); do
        [ -s run/metrics.jsonl ] && return 0
        kill -0 "$trilby_pid" 2>/dev/null || fail "the run ended early"
        sleep 0.1
    done
    fail "no epoch ended within 30 seconds"
}

test_train_writes_checkpoint_metrics_and_result() {
    need_dataset; write_recipe
    trilby train ./tiny.toml
    expect_code 0
    expect_empty err
    expect_in out "test accuracy"
    [ "$(wc -l < runs/tiny-1/metrics.jsonl)" -eq 2 ] || fail "not one line per epoch"
    python3 -m json.tool runs/tiny-1/result.json > /dev/null || fail "result.json is not JSON"
    [ -s runs/tiny-1/checkpoint.safetensors ] || fail "no checkpoint"
    [ "$(find runs -name '*.tmp' | wc -l)" -eq 0 ] || fail "temporary files are left"
}

test_train_json_prints_one_document() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --json
    expect_code 0
    expect_json
    expect_in out '"test_accuracy"'
    expect_in err "epoch 1/2"
}

test_train_same_seed_repeats_bit_for_bit() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --seed 7 --output a
    expect_code 0
    trilby train ./tiny.toml --seed 7 --output b
    cmp a/checkpoint.safetensors b/checkpoint.safetensors || fail "two runs differ"
    trilby train ./tiny.toml --seed 8 --output c
    if cmp -s a/checkpoint.safetensors c/checkpoint.safetensors; then fail "the seed does nothing"; fi
}

test_train_interrupt_keeps_a_checkpoint_that_resumes_exactly() {
    need_dataset; write_recipe 6 4096
    trilby train ./tiny.toml --output whole
    expect_code 0
    start train ./tiny.toml --output parts
    for _ in $(seq 300); do [ -s parts/metrics.jsonl ] && break; sleep 0.02; done
    kill -INT "$trilby_pid"; wait "$trilby_pid"; code=$?
    [ "$code" -ne 0 ] || skip "the run was over before it could be interrupted"
    expect_code 130
    trilby train --resume parts
    expect_code 0
    expect_in out "resumed after step"
    cmp whole/checkpoint.safetensors parts/checkpoint.safetensors || fail "the resumed run differs"
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
    for _ in $(seq 100); do
        worker_pid=$(pgrep -P "$trilby_pid" -x trilby-worker) && break
        sleep 0.05
    done
    [ -n "$worker_pid" ] || fail "no worker was started"
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

test_train_hanging_backend_is_stopped() {
    need_dataset; write_recipe; pretend_cpu_backend_is hang
    trilby train ./tiny.toml --timeout 1
    expect_code 1
    expect_in err "said nothing for 1.0 s and was killed"
}

test_train_crashing_backend_is_reported() {
    need_dataset; write_recipe; pretend_cpu_backend_is crash
    trilby train ./tiny.toml
    expect_code 1
    expect_in err "crashed"
}

test_train_missing_module_says_what_to_install() {
    need_dataset; write_recipe
    mkdir empty
    TRILBY_BACKEND_DIR=$work/empty trilby train ./tiny.toml
    expect_code 69
    expect_in err "hint:"
    [ ! -e runs ] || fail "a folder was made for nothing"
}

test_train_refuses_an_unknown_backend() {
    need_dataset; write_recipe
    TRILBY_BACKEND=nonsense trilby train ./tiny.toml
    expect_code 64
    expect_in err "unknown backend 'nonsense'"
    trilby train ./tiny.toml --backend rocm
    [ "$code" -eq 69 ] || [ "$code" -eq 0 ] || fail "exit code $code"
}

test_train_unknown_recipe_suggests_a_similar_one() {
    trilby train fashon-mnist
    expect_code 64
    expect_in err "did you mean 'fashion-mnist'?"
}

test_train_without_a_recipe_is_a_usage_error() {
    trilby train
    expect_code 64
    expect_in err "--list"
}

test_train_lists_and_shows_recipes() {
    trilby train --list
    expect_code 0
    expect_in out fashion-mnist
    trilby train --show fashion-mnist
    expect_code 0
    cp out copy.toml
    expect_in copy.toml "[network]"
}

test_train_recipe_mistakes_are_reported_with_their_place() {
    write_recipe
    sed -i 's/^batch_size/batch_sise/' tiny.toml
    trilby train ./tiny.toml
    expect_code 65
    expect_in err "unknown key 'batch_sise' (did you mean 'batch_size'?)"
    expect_in err "tiny.toml:11:"
    write_recipe
    sed -i '/flatten/d' tiny.toml
    trilby train ./tiny.toml
    expect_code 65
    expect_in err "takes a vector, but receives 8 x 14 x 14 from layer 5 (dropout)"
    [ ! -e runs ] || fail "a folder was made for nothing"
}

test_train_missing_data_file_is_reported() {
    need_dataset; write_recipe
    mkdir data
    cp "$dataset"/train-images-idx3-ubyte.gz data
    trilby train ./tiny.toml --data data
    expect_code 66
    expect_in err "train-labels-idx1-ubyte.gz"
}

test_train_truncated_data_is_reported() {
    need_dataset; write_recipe
    cp -r "$dataset" data
    truncate -s 1000000 data/train-images-idx3-ubyte.gz
    trilby train ./tiny.toml --data data
    expect_code 65
    expect_in err "train-images-idx3-ubyte.gz"
    expect_in err "ends in the middle"
}

test_train_corrupt_data_is_reported() {
    need_dataset; write_recipe
    cp -r "$dataset" data
    printf 'x%.0s' $(seq 100) | dd of=data/t10k-images-idx3-ubyte.gz bs=1 seek=2000000 conv=notrunc 2>/dev/null
    trilby train ./tiny.toml --data data
    expect_code 65
    expect_in err "t10k-images-idx3-ubyte.gz"
}

test_train_swapped_data_is_reported() {
    need_dataset; write_recipe
    cp -r "$dataset" data
    mv data/train-images-idx3-ubyte.gz x
    mv data/t10k-images-idx3-ubyte.gz data/train-images-idx3-ubyte.gz
    mv x data/t10k-images-idx3-ubyte.gz
    trilby train ./tiny.toml --data data
    expect_code 65
    expect_in err "holds an array of 10000 x 28 x 28, expected 60000 x 28 x 28"
}

test_train_unwritable_output_is_refused() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output /proc/trilby
    [ "$code" -eq 73 ] || fail "exit code $code, expected 73"
    expect_in err "/proc/trilby"
}

test_train_full_disk_leaves_no_half_file() {
    need_dataset; write_recipe
    mkdir small
    mount -t tmpfs -o size=64k tmpfs small 2>/dev/null || skip "mounting a small file system needs root"
    trilby train ./tiny.toml --output small/run
    ls small/run > left
    umount small
    expect_code 74
    expect_in err "No space left on device"
    if grep -qE 'checkpoint|tmp' left; then fail "a half-written file is left: $(cat left)"; fi
}

test_train_refuses_a_folder_that_holds_a_run() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output run
    expect_code 0
    trilby train ./tiny.toml --output run
    expect_code 73
    expect_in err "already has a file recipe.toml"
}

test_train_damaged_checkpoint_is_not_resumed() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output run
    rm run/result.json  # as if it had not ended
    printf 'x' | dd of=run/checkpoint.safetensors bs=1 seek=3000 conv=notrunc 2>/dev/null
    trilby train --resume run
    expect_code 65
    expect_in err "is damaged"
}

test_train_bar_fits_a_narrow_terminal() {
    need_dataset; write_recipe 2 4096
    python3 -c 'import pty; pty.openpty()' 2> err || skip "needs python3 and a pseudo-terminal"
    cat > terminal.py <<'EOF'
import fcntl, os, pty, re, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    os.execve(sys.argv[1], ["trilby", "train", "./tiny.toml"], dict(os.environ, TERM="xterm"))
seen = b""
while True:
    try:
        piece = os.read(master, 65536)
    except OSError:
        break
    if not piece:
        break
    seen += piece
bars = re.findall(rb"\r\x1b\[K([^\r\n]+)", seen)
bars = [bar for bar in bars if bar.startswith(b"epoch") and b"[" in bar]
assert bars, seen
assert max(map(len, bars)) < 40, bars
EOF
    python3 terminal.py "$program" > out 2> err || fail "the bar is wrong"
}

test_train_interrupt_is_never_lost() {
    need_dataset; write_recipe 400 512
    # From before the worker exists until after it has started to train.
    for delay in 0.05 0.2 0.4 0.8; do
        start train ./tiny.toml --output "run-$delay"
        for _ in $(seq 100); do [ -s out ] && break; sleep 0.02; done
        sleep "$delay"
        kill -INT "$trilby_pid"; wait "$trilby_pid"; code=$?
        expect_code 130
    done
}

test_train_interrupt_says_what_it_waits_for() {
    need_dataset
    start_long_run
    kill -INT "$trilby_pid"; wait "$trilby_pid"; code=$?
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

test_train_hint_can_be_copied_into_a_shell() {
    need_dataset; write_recipe 400 512
    start train ./tiny.toml --output "a run"
    for _ in $(seq 300); do [ -s "a run/checkpoint.safetensors" ] && break; sleep 0.1; done
    kill -INT "$trilby_pid"; wait "$trilby_pid"; code=$?
    expect_code 130
    expect_in err "trilby train --resume 'a run'"
}

test_train_recipe_that_does_not_fit_the_data_is_reported_with_its_place() {
    write_recipe
    sed -i 's/^dataset = .*/dataset = "mnistt"/' tiny.toml
    trilby train ./tiny.toml
    expect_code 65
    expect_in err "tiny.toml:3:11: unknown data set 'mnistt'"
    write_recipe
    sed -i 's/^validation_examples = .*/validation_examples = 60000/' tiny.toml
    trilby train ./tiny.toml
    expect_code 65
    expect_in err "tiny.toml:4:23: [data]: 'validation_examples' is 60000, expected at most 59999"
    write_recipe
    sed -i 's/features = 10/features = 11/' tiny.toml
    trilby train ./tiny.toml
    expect_code 65
    expect_in err "the network ends with 11"
    grep -qE 'tiny.toml:[0-9]+:[0-9]+: the network' err || fail "no place"
}

test_train_warns_about_more_threads_than_cpus() {
    need_dataset; write_recipe 1 64
    trilby train ./tiny.toml --output run --threads 64
    expect_code 0
    expect_in err "warning: 64 threads share"
}

test_train_lists_recipes_as_json() {
    trilby train --list --json
    expect_code 0
    expect_json
    expect_in out '"fashion-mnist"'
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
    kill -INT "$trilby_pid"; wait "$trilby_pid"
    trilby train --resume run --json & sleep 0.5; kill -INT $!; wait $!
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
    sleep 3; kill -INT "$trilby_pid"; wait "$trilby_pid"
    python3 - <<'EOF' || fail "an epoch is missing or doubled"
import json
epochs = [json.loads(line)["epoch"] for line in open("run/metrics.jsonl")]
assert epochs == list(range(1, len(epochs) + 1)), epochs
EOF
}

test_train_says_at_once_that_metrics_cannot_be_written() {
    need_dataset; write_recipe 400 512
    start train ./tiny.toml --output run
    for _ in $(seq 300); do [ -e run/recipe.toml ] && break; sleep 0.1; done
    mkdir run/metrics.jsonl
    wait "$trilby_pid"; code=$?
    expect_code 74
    expect_in err "metrics.jsonl' cannot be read"
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

test_train_file_size_limit_is_an_error() {
    need_dataset; write_recipe 1 64
    (ulimit -f 4; "$program" train ./tiny.toml --output run > out 2> err < /dev/null); code=$?
    expect_code 74
    expect_in err "File too large"
    [ ! -e run ] || fail "half a run is left"
}

test_train_refuses_an_answer_without_a_result() {
    need_dataset; write_recipe 1 64; pretend_cpu_backend_is empty
    trilby train ./tiny.toml --output run
    expect_code 65
    expect_in err "the training's result"
    [ ! -e run/result.json ] || fail "it counts as a result"
}
