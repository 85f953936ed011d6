# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

# Writes a safetensors file of bytes: FILE METADATA NAME:SIZE...
make_model() {
    python3 - "$@" <<'END'
import json, struct, sys
path, metadata, *tensors = sys.argv[1:]
header, end = {"__metadata__": json.loads(metadata)}, 0
for name, size in (tensor.rsplit(":", 1) for tensor in tensors):
    header[name] = {"dtype": "U8", "shape": [1, int(size)], "data_offsets": [end, end + int(size)]}
    end += int(size)
text = json.dumps(header).encode()
with open(path, "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + bytes(end))
END
}

test_inspect_shows_tensors_totals_and_the_license() {
    make_model a.bin '{"license": "Apache-2.0", "format": "pt"}' first:1000 second:24
    trilby inspect a.bin
    expect_code 0
    expect_empty err
    expect_in out "a.bin: safetensors, 2 tensors, 1,024 parameters"
    expect_in out "license   Apache-2.0"
    expect_in out "U8        2 tensors, 1,024 parameters, 1 KiB"
    expect_in out "format"
    grep -Eq "^  first +U8 +1 x 1000 +1000 B$" out || fail "no row of the first tensor"
    trilby inspect a.bin --json
    expect_code 0
    expect_json
    expect_in out '"parameters": 1024'
    expect_in out '"license": "Apache-2.0"'
}

test_inspect_is_short_for_many_tensors() {
    # shellcheck disable=SC2046
    make_model a.safetensors '{}' $(seq -f 't%.0f:1' 1000)
    trilby inspect .
    expect_code 0
    expect_in out "... 960 more tensors; --all shows them"
    [ "$(wc -l < out)" -lt 60 ] || fail "$(wc -l < out) lines"
    trilby inspect a.safetensors --all
    [ "$(grep -c '^  t[0-9]' out)" -eq 1000 ] || fail "not every tensor"
    trilby inspect a.safetensors --json
    [ "$(grep -c '"name": "t' out)" -eq 1000 ] || fail "not every tensor"
}

test_inspect_reads_a_model_in_several_files() {
    mkdir model
    make_model model/1.safetensors '{}' a:3 b:4
    make_model model/2.safetensors '{}' c:5
    printf '{"metadata":{"total_size":12},"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"}}' \
        > model/model.safetensors.index.json
    trilby inspect model
    expect_code 0
    expect_in out "sharded-safetensors in 2 files, 3 tensors, 12 parameters"
    expect_in out "2.safetensors"
    trilby inspect model/model.safetensors.index.json --json
    expect_json
    expect_in out '"file": "2.safetensors"'
    mv model/2.safetensors outside.safetensors
    ln -s ../outside.safetensors model/2.safetensors
    trilby inspect model
    expect_code 65
    expect_in err "link that leads out of the folder"
    rm model/2.safetensors
    trilby inspect model
    expect_code 66
}

test_inspect_shows_the_last_checkpoint_of_a_run() {
    mkdir run
    make_model run/checkpoint.safetensors '{}' last:1
    make_model run/checkpoint-1.safetensors '{}' earlier:2
    make_model run/checkpoint-2.safetensors '{}' earliest:3
    trilby inspect run
    expect_code 0
    expect_empty err
    expect_in out "run/checkpoint.safetensors: safetensors, 1 tensor, 1 parameter"
    rm run/checkpoint.safetensors
    trilby inspect run
    expect_code 65
}

test_inspect_says_what_other_files_seem_to_be() {
    printf 'GGUF\3\0\0\0' > model.safetensors
    trilby inspect model.safetensors
    expect_code 65
    expect_empty out
    expect_in err "seems to be a GGUF file, which Trilby cannot read yet"
    trilby inspect model.safetensors --json
    expect_code 65
    expect_json
    python3 -c 'import pickle; pickle.dump({"a": 1}, open("a.pkl", "wb"))'
    trilby inspect a.pkl
    expect_code 65
    expect_in err "seems to be a pickle"
    python3 -c 'import zipfile; zipfile.ZipFile("a.pt", "w").writestr("archive/data.pkl", "x")'
    trilby inspect a.pt
    expect_in err "torch.save"
    for path in /dev/null /proc/self/mem . ; do
        trilby inspect "$path"
        expect_code 65
    done
    trilby inspect none
    expect_code 66
    trilby inspect
    expect_code 64
}

test_inspect_refuses_damaged_files() {
    make_model a.safetensors '{}' a:10
    head -c -1 a.safetensors > cut.safetensors
    trilby inspect cut.safetensors
    expect_code 65
    expect_in err "it is cut off"
    printf '\0' >> a.safetensors
    trilby inspect a.safetensors
    expect_code 65
    expect_in err "leave bytes out"
}

# Files that other programs wrote.
test_inspect_reads_what_the_python_package_wrote() {
    python3 -c 'import numpy, safetensors.numpy' 2> err || skip "needs Python's safetensors and numpy"
    python3 - <<'END'
import numpy, safetensors.numpy
types = "bool", "u1", "i1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"
tensors = {name: numpy.zeros((2, 3), name) for name in types}
safetensors.numpy.save_file(tensors, "a.safetensors", {"license": "mit"})
END
    trilby inspect a.safetensors
    expect_code 0
    expect_in out "12 tensors, 72 parameters"
    expect_in out "license   mit"
}
