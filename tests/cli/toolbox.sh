# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2016,SC2034,SC2154
#
# trilby toolbox, with fake programs in PATH that record their arguments.

# Creates the program $1, which records its arguments, one a line, and then does $2.
fake() {
    mkdir -p bin
    printf '#!/bin/bash\nprintf "%%s\\n" "${0##*/}" "$@" >>"%s"\n%s\n' "$work/asked" "${2:-}" \
        >"bin/$1"
    chmod +x "bin/$1"
    touch asked
}

# Runs trilby with nothing but the fakes in PATH.
with_fakes() {
    if [ -e /run/.toolboxenv ] || [ -n "${CONTAINER_ID:-}" ]; then skip "this is a toolbox"; fi
    PATH=$work/bin trilby "$@"
}

# All recorded arguments, on one line.
expect_asked() {
    tr '\n' ' ' <asked >words
    expect_in words "$1"
}

test_toolbox_needs_a_command() {
    trilby toolbox
    expect_code 64
    trilby toolbox crate
    expect_code 64
}

test_toolbox_create_uses_toolbx_and_the_image_that_fits() {
    fake podman
    fake toolbox
    with_fakes toolbox create --image localhost/any mine
    expect_code 0
    expect_asked "podman image exists localhost/any"
    expect_asked "toolbox create --image localhost/any mine"
    expect_in out "localhost/any, for "
    expect_in out "tool      $work/bin/toolbox"
    expect_in out "trilby toolbox enter mine"
}

test_toolbox_create_uses_distrobox_without_toolbx() {
    fake podman
    fake distrobox
    with_fakes toolbox create --image localhost/any
    expect_code 0
    expect_asked "distrobox create --yes --name trilby --image localhost/any"
}

test_toolbox_create_uses_podman_alone() {
    fake podman
    HOME=$work/home with_fakes toolbox create --image localhost/any
    expect_code 0
    expect_asked "podman create --name trilby"
    expect_asked "--volume $work/home:$work/home"
}

test_toolbox_create_reports_what_is_missing() {
    mkdir bin
    with_fakes toolbox create
    expect_code 69
    expect_in err "podman"
    expect_in err "sudo dnf install toolbox"
}

test_toolbox_create_says_how_to_build_the_image() {
    fake podman '[ "$1" != image ]'
    fake toolbox
    with_fakes toolbox create
    expect_code 66
    expect_in err "there is no image 'localhost/trilby-toolbox"
    expect_in err "podman build"
    if grep -q create asked; then fail "it was made all the same"; fi
}

test_toolbox_create_interrupted_leaves_no_process() {
    if [ -e /run/.toolboxenv ] || [ -n "${CONTAINER_ID:-}" ]; then skip "this is a toolbox"; fi
    fake podman
    fake toolbox "PATH=$PATH; sleep 60 & echo \$! >child; wait"
    PATH=$work/bin:$PATH start toolbox create --image localhost/any
    wait_until [ -s child ]
    interrupt
    expect_code 130
    expect_in err "stopped"
    if grep -qs 'State:.[^ZX]' "/proc/$(cat child)/status"; then fail "its child still runs"; fi
}

test_toolbox_create_shows_why_it_failed() {
    fake podman
    fake toolbox 'printf "Error: no \033[1mroom\n" >&2; exit 125'
    with_fakes toolbox create --image localhost/any
    expect_code 1
    expect_in err "failed with code 125"
    expect_in err 'no \x1b[1mroom'
}

test_toolbox_refuses_an_option_as_a_name() {
    fake podman
    fake toolbox
    with_fakes toolbox create -- --help
    expect_code 64
    expect_in err "not a container name"
    with_fakes toolbox create --image=--privileged
    expect_code 64
    [ ! -s asked ] || fail "a program was asked"
}

test_toolbox_create_tells_a_broken_podman_from_a_missing_image() {
    fake podman 'echo "cannot resolve /nowhere" >&2; exit 1'
    fake toolbox
    with_fakes toolbox create
    expect_code 69
    expect_in err "podman failed with code 1: cannot resolve /nowhere"
}

test_toolbox_enter_needs_the_container() {
    fake podman 'exit 1'
    fake toolbox
    with_fakes toolbox enter mine
    expect_code 66
    expect_in err "there is no container 'mine' here"
    expect_in err "trilby toolbox create mine"
    if grep -q enter asked; then fail "it was entered all the same"; fi
}

test_toolbox_enter_passes_the_terminal_on() {
    fake podman
    fake toolbox 'read -r line; echo "got $line"; exit 7'
    code=0
    echo words | PATH=$work/bin "$program" toolbox enter mine >out 2>err || code=$?
    expect_code 7
    expect_in out "got words"
    expect_asked "toolbox enter mine"
}

test_toolbox_list_shows_containers_of_trilby() {
    fake podman 'echo "[{\"Names\":[\"mine\"],\"Image\":\"localhost/x:latest\",\"State\":\"exited\"}]"'
    with_fakes toolbox list
    expect_code 0
    expect_asked "podman ps --all --format json --filter label=io.github.trilby.image"
    expect_in out mine
    expect_in out localhost/x:latest
    with_fakes toolbox list --json
    expect_code 0
    expect_json
    expect_in out '"state": "exited"'
}

test_toolbox_list_refuses_malformed_output() {
    fake podman 'echo "CONTAINER ID  IMAGE"'
    with_fakes toolbox list --json
    expect_code 65
    expect_in err "podman ps"
    expect_json
}
