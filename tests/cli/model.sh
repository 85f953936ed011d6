# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034,SC2154

name=mobilenetv3-small
size=10241912

# Sets the user's data folder, and $target to the file that a fetch of $name makes there.
use_home() {
    export XDG_DATA_HOME=$work/home
    target=$work/home/trilby/models/$name/model.safetensors
}

test_model_list_shows_license_size_and_folder() {
    use_home
    trilby model list
    expect_code 0
    expect_in out "$name"
    expect_in out "license Apache-2.0"
    expect_in out "9.8 MiB"
    expect_in out "get it with 'trilby model fetch resnet18'"
    mkdir -p "$(dirname "$target")"
    touch "$target"
    trilby model list --json
    expect_code 0
    expect_json
    expect_in out '"models"'
    expect_in out '"sha256"'
    expect_in out "\"folder\": \"$(dirname "$target")\""
}

test_model_unknown_name_is_a_usage_error() {
    trilby model fetch resnet81
    expect_code 64
    expect_in err "unknown model 'resnet81' (did you mean 'resnet18'?)"
    expect_in err "the models are: $name, resnet18"
    trilby model fetch nothing --json
    expect_code 64
    expect_json
    trilby model
    expect_code 64
}

test_model_fetch_refuses_other_content() {
    use_home
    start_server model.safetensors
    trilby model fetch "$name" --url-base "$url/good" --json
    stop_server
    expect_code 65
    expect_json
    expect_in err "expected $size"
    [ ! -e home ] || fail "something was kept"
}

test_model_fetch_without_a_network_says_what_to_do() {
    use_home
    trilby model fetch "$name" --url-base https://localhost:1/
    expect_code 69
    expect_in err "give a copy of model.safetensors with --from-file"
    expect_empty out
    [ ! -e home ] || fail "an empty folder is left"
}

test_model_fetch_keeps_its_part_when_interrupted() {
    start_server model.safetensors
    start model fetch "$name" --url-base "$url/stall" --output here
    wait_until [ -s here/model.safetensors.part ]
    interrupt
    stop_server
    expect_code 130
    [ -s here/model.safetensors.part ] || fail "nothing was kept"
}

test_model_fetch_from_a_file_refuses_another_file() {
    use_home
    head -c 1000 /dev/zero > short
    trilby model fetch "$name" --from-file short
    expect_code 65
    expect_in err "'short' is not the publisher's file: it has 1000 bytes, expected $size"
    head -c $size /dev/zero > zeros
    trilby model fetch "$name" --from-file zeros --json
    expect_code 65
    expect_json
    expect_in err "its SHA-256 is"
    trilby model fetch "$name" --from-file none
    expect_code 66
    trilby model fetch "$name" --from-file .
    expect_code 65
    expect_in err "not a regular file"
    trilby model fetch "$name" --from-file short --url-base https://localhost/
    expect_code 64
    [ ! -e home ] || fail "something was kept"
}

test_model_fetch_changes_no_file_that_is_there() {
    use_home
    mkdir -p "$(dirname "$target")"
    echo mine > "$target"
    echo other > copy
    trilby model fetch "$name" --from-file copy
    expect_code 73
    expect_in err "is not the publisher's file: it has 5 bytes, expected $size"
    expect_in err "it was not changed"
    [ "$(cat "$target")" = mine ] || fail "it was changed"
    trilby model fetch "$name" --url-base https://localhost:1/
    expect_code 73
    [ "$(cat "$target")" = mine ] || fail "it was changed"
}

test_model_fetch_into_an_unwritable_folder_is_refused() {
    head -c 10 /dev/zero > copy
    XDG_DATA_HOME=/proc/nowhere trilby model fetch "$name" --from-file copy
    expect_code 73
    expect_in err /proc/nowhere
    trilby model fetch "$name" --output /proc/trilby
    expect_code 73
}
