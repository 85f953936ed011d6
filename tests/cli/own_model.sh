# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# Models that were defined in Python and exported.

# shellcheck source=tests/cli/training.sh
. "$(dirname "$script")/training.sh"

tests=$(dirname "$script")/..
models=$tests/models  # where the tests are installed
[ -d "$models" ] || models=$tests/pt2/models

# Rows of eight numbers, of which two decide the class.
make_rows() {
    python3 - > rows.csv <<'END'
import random
random.seed(1)
print("a,b,c,d,e,f,g,h,kind")
for _ in range(400):
    x = [random.gauss(0, 1) for _ in range(8)]
    kind = "low" if x[0] + x[1] < -0.6 else "high" if x[0] + x[1] > 0.6 else "middle"
    print(",".join(f"{number:.4f}" for number in x), kind, sep=",")
END
}

# The evaluation in out has the loss of that in FILE: FILE MESSAGE
expect_loss_of() {
    python3 - "$1" <<'END' || fail "$2"
import json, sys
before, after = (json.load(open(name))["metrics"]["loss"] for name in (sys.argv[1], "out"))
assert abs(before - after) < 1e-4, (before, after)
END
}

# The model with a bit of a tensor flipped: FROM TO
flip_a_bit_of_a_tensor() {
    python3 - "$@" <<'END'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    entry = archive.getinfo("mlp/data/weights/weight_0")
    content = archive.read(entry)
whole = bytearray(open(sys.argv[1], "rb").read())
whole[whole.index(content)] ^= 1
open(sys.argv[2], "wb").write(whole)
END
}

test_model_goes_from_python_to_predictions() {
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 60 --set optimizer.learning_rate=0.01 \
        --output run
    expect_code 0
    expect_empty err
    expect_in out "network: 867 parameters, exported by PyTorch"
    expect_in out "test accuracy"
    grep -q '^model = "model.pt2"$' run/recipe.toml || fail "the recipe does not name the copy"
    cmp "$models/mlp.pt2" run/model.pt2 || fail "the copy differs"
    accuracy=$(python3 -c 'import json; print(json.load(open("run/result.json"))["test"]["accuracy"])')
    python3 -c "import sys; sys.exit($accuracy < 0.8)" || fail "accuracy $accuracy"
    trilby evaluate run
    expect_code 0
    expect_in out "precision"
    trilby predict run rows.csv
    expect_code 0
    [ "$(wc -l < out)" -eq 401 ] || fail "not one line per row and a header"
}

test_model_is_trained_to_the_same_bits_again_and_after_a_kill() {
    make_rows
    expect_resumes_to_the_same_bits rows.csv --model "$models/mlp.pt2" --epochs 300 --seed 3
}

test_model_dry_run_lists_its_layers() {
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --dry-run
    expect_code 0
    expect_in out "net.3"
    expect_in out "867"
}

test_model_must_fit_the_data() {
    make_rows
    trilby train rows.csv --model "$models/cnn.pt2" --output run
    expect_code 65
    expect_in err "the model takes any x 1 x 16 x 16"
    expect_in err "and the data give 2 x 8"
    [ ! -e run ] || fail "a folder is left"
    cut -d, -f1-7,9 rows.csv > narrow.csv
    trilby train narrow.csv --model "$models/mlp.pt2" --output run
    expect_code 65
    expect_in err "takes any x 8"
    sed 's/high/very-high/;5s/,[a-z-]*$/,fourth/;6s/,[a-z-]*$/,fourth/;7s/,[a-z-]*$/,fourth/' rows.csv > four.csv
    trilby train four.csv --model "$models/mlp.pt2" --output run
    expect_code 65
    expect_in err "a score for each class"
}

test_model_that_is_no_model_is_refused() {
    make_rows
    trilby train rows.csv --model missing.pt2
    expect_code 66
    expect_in err "missing.pt2"
    trilby train rows.csv --model rows.csv
    expect_code 65
    expect_in err "is not an archive of PyTorch"
    head -c 5000 "$models/mlp.pt2" > cut.pt2
    trilby train rows.csv --model cut.pt2
    expect_code 65
    flip_a_bit_of_a_tensor "$models/mlp.pt2" flipped.pt2
    trilby train rows.csv --model flipped.pt2 --output run
    expect_code 65
    expect_in err "entry 'data/weights/weight_0' of"
    expect_in err "is damaged"
    [ ! -e run ] || fail "a folder is left"
}

test_model_of_a_run_must_stay_the_same() {
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 2 --output run
    expect_code 0
    cp "$models/cnn.pt2" run/model.pt2
    trilby evaluate run
    expect_code 65
    expect_in err "has the SHA-256"
    rm run/model.pt2
    trilby predict run rows.csv
    expect_code 66
    expect_in err "model.pt2"
}

test_model_of_a_run_is_no_program_to_eject() {
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 1 --output run
    expect_code 0
    trilby eject run program
    expect_code 65
    expect_in err "is a model that was exported from Python"
    expect_in err "trilby export"
}

test_model_is_inspected() {
    trilby inspect "$models/mlp.pt2"
    expect_code 0
    expect_in out "mlp.pt2: torch-export, 6 tensors, 867 parameters"
    expect_in out "input x"
    expect_in out "any x 8 F32"
    trilby inspect "$models/mlp.pt2" --json
    expect_json
    expect_in out '"format": "torch-export"'
}

test_model_is_exported_with_its_trained_weights() {
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 3 --output run
    expect_code 0
    trilby export run
    expect_code 0
    expect_in out "wrote       run.safetensors"
    expect_in out "weights     those of the best epoch"
    trilby inspect run.safetensors
    expect_in out "net.0.weight"
    expect_in out "6 tensors, 867 parameters"
    trilby export run --output trained.pt2
    expect_code 0
    trilby inspect trained.pt2
    expect_in out "trained.pt2: torch-export, 6 tensors, 867 parameters"
    trilby evaluate run --json
    cp out before.json
    # The trained model is a model like the first one.
    trilby train rows.csv --model trained.pt2 --epochs 1 --set optimizer.learning_rate=1e-9 --output again
    expect_code 0
    trilby evaluate again --json
    expect_loss_of before.json "another model was written"
    trilby export run --output trained.pt2
    expect_code 73
    expect_in err "'trained.pt2' already exists"
}

test_export_writes_a_state_dict_that_pytorch_reads() {
    /usr/bin/python3 -c "import torch" 2>/dev/null || skip "no PyTorch"
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 1 --output run
    expect_code 0
    trilby export run --output weights.pt
    expect_code 0
    trilby export run --output weights.safetensors
    expect_code 0
    /usr/bin/python3 - <<'END' || fail "PyTorch reads something else"
import json, struct, torch
weights = torch.load("weights.pt", weights_only=True)
content = open("weights.safetensors", "rb").read()
size = struct.unpack("<Q", content[:8])[0]
header = json.loads(content[8:8 + size])
header.pop("__metadata__")
assert set(weights) == set(header)
for name, place in header.items():
    first, last = (8 + size + offset for offset in place["data_offsets"])
    expected = torch.frombuffer(bytearray(content[first:last]), dtype=torch.float32)
    assert torch.equal(weights[name].flatten(), expected), name
    assert list(weights[name].shape) == place["shape"], name
END
}

# Two classes for a model with three, and adapters: ARGUMENTS
expect_fine_tuned() {
    make_rows
    sed -i '/,middle$/d' rows.csv
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 5 --output run --set network.new_head=true "$@"
    expect_code 0
    expect_in out "test accuracy"
    trilby evaluate run --json
    cp out before.json
    trilby export run --output tuned.pt2
    expect_code 0
    trilby inspect tuned.pt2
    expect_in out "6 tensors, 850 parameters"
    expect_in out "any x 2 F32"
    trilby train rows.csv --model tuned.pt2 --epochs 1 --set optimizer.learning_rate=1e-9 --output again
    expect_code 0
    trilby evaluate again --json
    expect_loss_of before.json "another model was written"
    trilby export run --output tuned.onnx
    expect_code 0
    expect_onnx tuned.onnx x
}

test_model_has_a_new_head_for_other_classes() {
    make_rows
    sed -i '/,middle$/d' rows.csv
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 1 --output run
    expect_code 65
    expect_in err "--set network.new_head=true"
    rm -rf run
    expect_fine_tuned
}

test_model_is_tuned_with_adapters() {
    expect_fine_tuned --set network.lora_rank=2
}

test_training_starts_from_weights() {
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 8 --output run
    expect_code 0
    trilby export run --output weights.pt
    trilby evaluate run --json
    cp out before.json
    for weights in weights.pt run run/checkpoint.safetensors; do
        rm -rf next
        trilby train rows.csv --model "$models/mlp.pt2" --weights "$weights" --epochs 1 \
            --set optimizer.learning_rate=1e-9 --output next
        expect_code 0
        trilby evaluate next --json
        expect_loss_of before.json "it did not start from $weights"
    done
    trilby train rows.csv --weights weights.pt --epochs 1 --output other
    expect_code 65
    expect_in err "has no weight of the network"
    trilby train rows.csv --model "$models/mlp.pt2" --set network.new_head=true --weights rows.csv --epochs 1 \
        --output other
    expect_code 65
    expect_in err "no format that Trilby knows"
    sed -i '/,middle$/d' rows.csv
    trilby train rows.csv --model "$models/mlp.pt2" --set network.new_head=true --weights weights.pt --epochs 1 \
        --output other
    expect_code 65
    expect_in err "has 4 of 6 tensors of the network; it lacks net.5.weight (3 x 16 in the file, 2 x 16 here)"
    expect_in err "--set training.weights_partly=true"
    trilby train rows.csv --model "$models/mlp.pt2" --set network.new_head=true --weights weights.pt --epochs 1 \
        --set training.weights_partly=true --output other
    expect_code 0
}

# What onnx says of the files is all that can be known without a runtime; tests/system/onnx-* compare numbers.
expect_onnx() {
    /usr/bin/python3 -c "import onnx" 2>/dev/null || skip "no python3-onnx"
    /usr/bin/python3 - "$@" <<'END' || fail "$1 is no valid ONNX"
import sys, onnx
name, *inputs = sys.argv[1:]
onnx.checker.check_model(name, full_check=True)
graph = onnx.load(name).graph
assert [value.name for value in graph.input] == inputs, graph.input
assert [value.name for value in graph.output] == ["output"]
for value in [*graph.input, *graph.output]:
    assert value.type.tensor_type.shape.dim[0].dim_param == "batch", value
END
}

test_model_is_exported_as_onnx() {
    make_rows
    trilby train rows.csv --model "$models/mlp.pt2" --epochs 1 --output run
    expect_code 0
    trilby export run --output model.onnx
    expect_code 0
    expect_in out "wrote       model.onnx"
    expect_onnx model.onnx x
}

test_own_networks_are_exported_as_onnx() {
    local name
    for name in table.csv series.csv text.txt digits; do
        make_data "${name%.*}" "$name"
        trilby train "$name" --epochs 1 --output "${name%.*}-run"
        expect_code 0
        trilby export "${name%.*}-run" --to onnx
        expect_code 0
    done
    expect_onnx table-run.onnx numbers codes
    expect_onnx series-run.onnx past
    expect_onnx text-run.onnx tokens
    expect_onnx digits-run.onnx images
}

test_export_refuses_what_cannot_be_written() {
    make_rows
    trilby train rows.csv --epochs 1 --output own
    expect_code 0
    trilby export own --to pt2
    expect_code 65
    expect_in err "is not a model that was exported from Python"
    [ ! -e own.pt2 ] || fail "a file is left"
    trilby export own --output weights.bin
    expect_code 64
    expect_in err "does not say the format"
    trilby export missing
    expect_code 66
    trilby export own --output no-folder/weights.pt
    expect_code 73
    trilby export own
    expect_code 0
    [ -s own.safetensors ] || fail "nothing was written"
}
