# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# trilby backend: builds of a module for the user's own LibTorch, up to the compiler, and installed
# modules.

# Sets an empty home folder.
own_home() {
    export HOME=$work/home XDG_DATA_HOME=$work/home/data XDG_CACHE_HOME=$work/home/cache
    unset VIRTUAL_ENV CONDA_PREFIX LIBTORCH
    mkdir -p "$HOME"
}

# A folder that only looks like a LibTorch for CUDA.
made_libtorch() {
    mkdir -p torch/include/torch torch/lib
    touch torch/lib/libtorch_cpu.so torch/lib/libtorch_cuda.so
}

# Skips the test if Trilby reports that the sources are not installed.
need_sources() {
    if grep -q trilby-backend-sdk err; then
        expect_code 69
        skip "needs trilby-backend-sdk"
    fi
}

# Creates the user's module $1, with a manifest for LibTorch $2.
users_module() {
    mkdir -p "$XDG_DATA_HOME/trilby/backends"
    touch "$XDG_DATA_HOME/trilby/backends/trilby-backend-$1.so"
    printf '{"manifest":1,"name":"%s","module":"trilby-backend-%s.so","abi":1,"version":"0.1.0","libtorch":"%s"}' \
        "$1" "$1" "$2" >"$XDG_DATA_HOME/trilby/backends/trilby-backend-$1.json"
}

test_backend_needs_a_command() {
    trilby backend
    expect_code 64
    trilby backend biuld
    expect_code 64
    trilby backend remove vulkan
    expect_code 64
    trilby backend build --jobs 0
    expect_code 64
}

test_backend_build_needs_a_folder_with_libtorch() {
    own_home
    trilby backend build --torch "$work/none"
    expect_code 66
    expect_in err "is not a folder"
    mkdir empty
    trilby backend build --torch empty
    expect_code 66
    expect_in err "holds no LibTorch"
    expect_in err "--torch"
    [ ! -e "$XDG_DATA_HOME" ] || fail "something was made for nothing"
}

test_backend_build_reports_a_missing_compiler() {
    own_home
    made_libtorch
    mkdir bin
    PATH=$work/bin trilby backend build --torch torch
    need_sources
    expect_code 69
    expect_in err "cmake"
    ln -s /bin/true bin/cmake
    PATH=$work/bin trilby backend build --torch torch
    expect_code 69
    expect_in err "neither c++ nor g++"
    ln -s /bin/true bin/c++
    if [ ! -x /usr/local/cuda/bin/nvcc ] && [ ! -x /opt/cuda/bin/nvcc ]; then
        PATH=$work/bin trilby backend build --torch torch
        expect_code 69
        expect_in err "nvcc"
    fi
}

test_backend_build_shows_why_it_failed_and_changes_nothing() {
    command -v cmake >/dev/null || skip "needs cmake"
    own_home
    made_libtorch
    users_module cuda 2.6.0
    mkdir bin
    printf '#!/bin/sh\n' >bin/nvcc
    chmod +x bin/nvcc
    PATH=$work/bin:$PATH trilby backend build --torch torch
    need_sources
    expect_code 1
    expect_in out "backend   cuda"
    expect_in err "cmake failed with code 1"
    expect_in err "$XDG_CACHE_HOME/trilby/backend-build.log"
    expect_in "$XDG_CACHE_HOME/trilby/backend-build.log" "LibTorch"
    expect_in "$XDG_DATA_HOME/trilby/backends/trilby-backend-cuda.json" 2.6.0
    [ "$(ls "$XDG_CACHE_HOME/trilby")" = backend-build.log ] || fail "the cache keeps more than a log"
}

test_backend_build_stops_at_an_interrupt() {
    own_home
    made_libtorch
    mkdir bin
    printf '#!/bin/sh\n' >bin/nvcc
    # Reports that it runs, then hangs.
    printf '#!/bin/sh\ntouch "%s"\nsleep 60\n' "$work/runs" >bin/cmake
    chmod +x bin/nvcc bin/cmake
    PATH=$work/bin:$PATH start backend build --torch torch
    for _ in $(seq 100); do
        [ -e runs ] && break
        kill -0 "$trilby_pid" 2>/dev/null || break
        sleep 0.1
    done
    if [ ! -e runs ]; then
        wait "$trilby_pid"
        code=$?
        need_sources
        fail "it never ran cmake"
    fi
    interrupt
    expect_code 130
    [ "$(ls "$XDG_CACHE_HOME/trilby")" = backend-build.log ] || fail "the cache keeps more than a log"
}

test_backend_list_shows_installed_modules() {
    own_home
    users_module rocm 2.9.1
    trilby backend list
    expect_code 0
    expect_in out rocm
    expect_in out "for LibTorch 2.9.1"
    expect_in out you
    trilby backend list --json
    expect_code 0
    expect_json
    expect_in out '"owner": "you"'
}

test_backend_list_shows_broken_modules() {
    own_home
    users_module rocm 2.9.1
    rm "$XDG_DATA_HOME/trilby/backends/trilby-backend-rocm.so"
    trilby backend list
    expect_code 0
    expect_in out problem
    expect_in out "not in its folder"
}

test_backend_list_reports_an_empty_folder() {
    TRILBY_BACKEND_DIR=$work/none trilby backend list
    expect_code 0
    expect_in out "No module is in $work/none."
}

test_backend_own_modules_take_precedence_over_packages() {
    own_home
    users_module cpu 9.9.9
    trilby backends --json
    expect_in out "for LibTorch 9.9.9"
    expect_in out "$XDG_DATA_HOME/trilby/backends"
}

test_backend_remove_deletes_own_modules_only() {
    own_home
    users_module cuda 2.6.0
    trilby backend remove cuda
    expect_code 0
    expect_in out "removed cuda"
    [ -z "$(ls "$XDG_DATA_HOME/trilby/backends")" ] || fail "a file is left"
    trilby backend remove cuda
    expect_code 66
    expect_in err "trilby backend list"
}
