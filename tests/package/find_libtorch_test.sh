#!/bin/bash
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# Makes LibTorch's layouts from stubs and looks whether FindLibTorch.cmake finds each.
# usage: find_libtorch_test.sh SOURCE_FOLDER COMPILER [TRIPLET]
# TRIPLET: the folder in /usr/lib that Debian keeps libraries in.

set -eu
source=$1 compiler=$2 triplet=${3-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() { echo "failed: $*"; cat log; exit 1; }

mkdir project
cat > project/CMakeLists.txt << END
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
list(APPEND CMAKE_MODULE_PATH "$source/packaging/cmake")
find_package(LibTorch 1.13 REQUIRED)
message(STATUS "found=\${LibTorch_VERSION} \${LibTorch_FLAVOUR} \${LibTorch_LIBRARY_DIR}")
add_executable(consumer main.cpp)
target_link_libraries(consumer PRIVATE LibTorch::LibTorch)
END
cat > project/main.cpp << 'END'
#include <ATen/ATen.h>
#include <cstdio>
#include <string>
#include <torch/torch.h>
int main() { std::printf("%d\n", _GLIBCXX_USE_CXX11_ABI); return torch_stub() + torch_cpu_stub() + c10_stub(); }
END

# Arguments: where headers go, where libraries go, more libraries.
make_libtorch() {
    local include=$1/torch/csrc/api/include/torch library name
    mkdir -p "$1/ATen" "$include" "$2"
    : > "$1/ATen/ATen.h"
    : > "$include/torch.h"
    for name in torch torch_cpu c10; do
        echo "extern \"C\" int ${name}_stub();" >> "$include/torch.h"
    done
    for library in torch torch_cpu c10 "${@:3}"; do
        echo "extern \"C\" int ${library}_stub() { return 0; }" > stub.cpp
        "$compiler" -shared -fPIC stub.cpp -o "$2/lib$library.so"
    done
}

# Arguments: file, version. Writes the version header as PyTorch generates it.
write_version() {
    mkdir -p "$(dirname "$1")"
    IFS=. read -r major minor patch <<< "$2"
    printf '#define TORCH_VERSION_MAJOR %s\n#define TORCH_VERSION_MINOR %s\n#define TORCH_VERSION_PATCH %s\n' \
        "$major" "$minor" "$patch" > "$1"
}

# Arguments: what should be found, then options of cmake. The real system is not searched.
expect_found() {
    rm -rf build
    cmake -G Ninja -S project -B build -DCMAKE_CXX_COMPILER="$compiler" \
        -DCMAKE_FIND_USE_CMAKE_SYSTEM_PATH=OFF "${@:2}" > log 2>&1 || fail "not found: $1"
    grep -qF -- "-- found=$1" log || fail "expected $1"
    cmake --build build > log 2>&1 || fail "does not link: $1"
    build/consumer > abi || fail "does not run: $1"
}

echo "Debian's libtorch-dev"
make_libtorch debian/include "debian/lib${triplet:+/$triplet}"
write_version debian/include/torch/csrc/api/include/torch/version.h 1.13.0
expect_found "1.13.0 cpu $work/debian/lib${triplet:+/$triplet}" -DCMAKE_PREFIX_PATH="$work/debian"

echo "the same with the version where newer ones keep it"
echo '#include <torch/headeronly/version.h>' > debian/include/torch/csrc/api/include/torch/version.h
write_version debian/include/torch/headeronly/version.h 2.14.1
expect_found "2.14.1 cpu $work/debian/lib${triplet:+/$triplet}" -DCMAKE_PREFIX_PATH="$work/debian"

echo "Fedora's python3-torch, the newest Python first, without asking its TorchConfig.cmake"
for python in python3.9 python3.14; do
    torch=fedora/lib64/$python/site-packages/torch
    make_libtorch "$torch/include" "$torch/lib" torch_hip
    write_version "$torch/include/torch/csrc/api/include/torch/version.h" 2.9.1
    mkdir -p "$torch/share/cmake/Torch"
    echo 'message(FATAL_ERROR "asked for ROCm and protobuf")' > "$torch/share/cmake/Torch/TorchConfig.cmake"
done
expect_found "2.9.1 rocm $work/fedora/lib64/python3.14/site-packages/torch/lib" \
    -DCMAKE_PREFIX_PATH="$work/fedora"
[ "$(cat abi)" = 1 ] || fail "another string than libstdc++'s own"

echo "a Python wheel with the old string, although another LibTorch is installed"
make_libtorch wheel/torch/include wheel/torch/lib torch_cuda
write_version wheel/torch/include/torch/csrc/api/include/torch/version.h 2.6.0
mkdir -p wheel/torch/share/cmake/Torch
echo 'set(TORCH_CXX_FLAGS "-D_GLIBCXX_USE_CXX11_ABI=0")' > wheel/torch/share/cmake/Torch/TorchConfig.cmake
expect_found "2.6.0 cuda $work/wheel/torch/lib" -DLibTorch_ROOT="$work/wheel/torch" \
    -DCMAKE_PREFIX_PATH="$work/debian"
[ "$(cat abi)" = 0 ] || fail "not the wheel's string"
LibTorch_ROOT=$work/wheel/torch expect_found "2.6.0 cuda $work/wheel/torch/lib"

echo "headers without their libraries are no LibTorch"
rm wheel/torch/lib/libc10.so
rm -rf build
if cmake -G Ninja -S project -B build -DCMAKE_CXX_COMPILER="$compiler" \
    -DLibTorch_ROOT="$work/wheel/torch" -DCMAKE_PREFIX_PATH="$work/debian" > log 2>&1; then
    fail "mixed two installations"
fi
grep -qF "set LibTorch_ROOT to a LibTorch" log || fail "no remedy"
