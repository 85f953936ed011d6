#!/bin/bash
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Ejects a short run of each kind of data, builds the projects together, runs them and compares the
# tensors of the checkpoints and the metrics, bit for bit.
#
# usage: eject_test.sh BUILD_FOLDER SOURCE_FOLDER COMPILER LIBDIR [--all]
#   --all  also those variants of the networks that take longer than a test may

set -euo pipefail
build=$1 source=$2 compiler=$3 libdir=$4 which=${5:-}

for tool in cmake ninja python3; do
    command -v "$tool" > /dev/null || { echo "skipped: $tool is not installed"; exit 125; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
cmake --install "$build" --prefix "$prefix" > "$work/install.log"
trilby=$prefix/bin/trilby
export LD_LIBRARY_PATH=$prefix/$libdir
unset TRILBY_BACKEND TRILBY_BACKEND_DIR
cd "$work"
for kind in images series table text; do
    python3 "$source/tests/cli/made_data.py" "$kind" "$kind.data"
done

# The layers that the chosen network for images does not have.
cat > layers.toml << 'END'
name = "layers"
[data]
path = "images.data"
side = 24
channels = 1
flip_at_test = true
cutout_pixels = 4
[training]
epochs = 2
batch_size = 16
seed = 7
precision = "bfloat16"
label_smoothing = 0.1
[optimizer]
name = "muon"
learning_rate = 0.01
[schedule]
name = "linear"
[network]
layers = [
    { layer = "conv2d", channels = 8, kernel = 4, stride = 2, padding = 1, bias = false },
    { layer = "batch_norm" },
    { layer = "relu" },
    { layer = "max_pool2d" },
    { layer = "residual" },
    { layer = "global_average_pool" },
    { layer = "linear", features = 16 },
    { layer = "batch_norm" },
    { layer = "dropout", probability = 0.25 },
    { layer = "linear", features = 2, bias = false },
]
END

# Trains a run and ejects it. Arguments: its name, and those of trilby train.
projects=()
make_project() {
    local name=$1
    shift
    "$trilby" train "$@" --threads 1 --output "$name-run" > "$name.log" || { cat "$name.log"; exit 1; }
    "$trilby" eject "$name-run" "$name" > /dev/null
    projects+=("$name")
}

short=(--epochs 2 --set training.steps_per_epoch=10)
patches=(--set network.kind=patch_transformer --set network.patch_length=8 --set network.patch_stride=4)
make_project images "$work/layers.toml"
make_project series series.data --task series "${short[@]}" "${patches[@]}" --seed 3
make_project table table.data --task table --target price --epochs 2
make_project table_muon table.data --task table --target price --epochs 2 --set optimizer.name=muon
make_project text text.data --task text "${short[@]}" --set network.dropout=0.1 --set network.context=32
if [ "$which" = --all ]; then
    make_project chosen_images images.data --epochs 1
    make_project own_matrices series.data --task series "${short[@]}" --set network.kind=dlinear \
        --set network.individual=true --set network.normalize=false
    make_project differences series.data --task series "${short[@]}" --set network.kind=nlinear --set network.loss=mae
    make_project plain_differences series.data --task series "${short[@]}" --set network.kind=nlinear \
        --set network.normalize=false --set 'data.variables=["heat"]' --set network.individual=true
    make_project periodic table.data --task table --target kind --epochs 1 --set network.embedding=periodic \
        --set network.members=1
    make_project plain_numbers table.data --task table --target price --epochs 1 --set network.embedding=none
    make_project learned text.data --task text "${short[@]}" --set network.positions=learned \
        --set network.activation=gelu --set network.query_key_norm=false --set data.tokens=bytes
fi

# LibTorch's headers are compiled once for all of them.
{
    echo 'cmake_minimum_required(VERSION 3.25)'
    echo 'project(ejected LANGUAGES CXX)'
    for name in "${projects[@]}"; do
        echo "add_subdirectory($name)"
        echo "target_precompile_headers($name $([ "$name" = images ] &&
            echo 'PRIVATE <torch/torch.h>' || echo 'REUSE_FROM images'))"
    done
} > CMakeLists.txt
cmake -G Ninja -S . -B build -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DCMAKE_CXX_COMPILER="$compiler" \
    -DTrilby_DIR="$prefix/$libdir/cmake/Trilby" > configure.log 2>&1 || { cat configure.log; exit 1; }
cmake --build build > build.log || { cat build.log; exit 1; }

cat > compare.py << 'END'
import json, math, pathlib, sys


def tensors(folder):
    content = (folder / "checkpoint.safetensors").read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8:8 + size])
    header.pop("__metadata__")
    bytes_of = content[8 + size:]
    return {name: (entry["dtype"], entry["shape"], bytes_of[slice(*entry["data_offsets"])])
            for name, entry in header.items()}


def metrics(folder):
    result = json.loads((folder / "result.json").read_text())
    return {key: result[key] for key in ("validation", "test")}


def flat(parts):
    return {f"{part} {name}": value for part, values in parts.items() for name, value in values.items()}


run, program = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
expected, found = tensors(run), tensors(program)
assert expected.keys() == found.keys(), sorted(expected.keys() ^ found.keys())
count = len(expected)
different = [name for name in expected if expected[name] != found[name]]
assert not different, f"other bits: {different}"
# Reading and writing JSON may change the last digit.
expected, found = flat(metrics(run)), flat(metrics(program))
assert expected.keys() == found.keys(), (expected, found)
assert all(math.isclose(expected[name], found[name], rel_tol=1e-14) for name in expected), (expected, found)
print(f"{run}: {count} tensors have the same bits")
END
failed=0
for name in "${projects[@]}"; do
    seed=$(sed -n 's/^seed = //p' "$name-run/recipe.toml")
    "build/$name/$name" --seed "$seed" --threads 1 --output "$name-again" > again.log || { cat again.log; exit 1; }
    python3 compare.py "$name-run" "$name-again" || failed=1
done
exit "$failed"
