# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

. "$(dirname "$script")/training.sh"

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
    expect_in out '"test": {'
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

test_train_says_before_the_first_step_that_the_disk_is_too_small() {
    need_dataset; write_recipe
    mkdir small
    mount -t tmpfs -o size=64k tmpfs small 2>/dev/null || skip "mounting a small file system needs root"
    trilby train ./tiny.toml --output small/run
    ls small/run > left
    umount small
    expect_code 74
    expect_in err "the checkpoints of this run need"
    expect_in err "keep only the newest one: --keep-checkpoints 1"
    [ ! -s left ] || fail "a run that did not start leaves files: $(cat left)"
}

test_train_refuses_a_folder_that_holds_a_run() {
    need_dataset; write_recipe
    trilby train ./tiny.toml --output run
    expect_code 0
    trilby train ./tiny.toml --output run
    expect_code 73
    expect_in err "already has a file recipe.toml"
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

test_train_dashboard_gives_back_the_terminal_and_goes_on() {
    make_data table rows.csv
    on_terminal train rows.csv --target price --epochs 100000 --output run
    [ -s run/checkpoint.safetensors ] || fail "no checkpoint"
}

test_train_dashboard_needs_a_terminal() {
    make_data table rows.csv
    trilby train rows.csv --target price --output run --dashboard
    expect_code 64
    expect_in err "standard output is not a terminal"
    expect_in err "leave out --dashboard"
    [ ! -e run ] || fail "there is a folder"
    trilby train rows.csv --target price --output run --dashboard --json
    expect_code 64
}

test_train_hint_can_be_copied_into_a_shell() {
    need_dataset; write_recipe 400 512
    start train ./tiny.toml --output "a run"
    wait_until [ -s "a run/checkpoint.safetensors" ]
    interrupt
    expect_code 130
    expect_in err "trilby train --resume 'a run'"
}

test_train_hint_continues_a_run_with_its_data_and_backend() {
    mkdir "my data"
    make_data text "my data/input.txt"
    start train tiny-shakespeare --data "my data" --backend cpu --epochs 300 --set training.steps_per_epoch=20 \
        --set network.layers=1 --set network.width=16 --set network.heads=1 --output run
    wait_until_written run/checkpoint.safetensors
    interrupt
    expect_code 130
    expect_in err "trilby train --resume run --data 'my data' --backend cpu"
    continued=$(sed -n 's/.*continue with: trilby //p' err)
    eval "start $continued"
    wait_until grep -q "resumed after" out
    interrupt
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
    expect_code 1
    expect_in err "broke its contract: the known answer: key 'elements' is missing"
    [ ! -e run/result.json ] || fail "it counts as a result"
}
