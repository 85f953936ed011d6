#!/bin/sh
# Copyright The Trilby Authors
# SPDX-License-Identifier: Apache-2.0
#
# usage: consumer_test.sh BUILD_FOLDER SOURCE_FOLDER COMPILER LIBDIR

set -eu
build=$1 source=$2 compiler=$3 libdir=$4

for tool in cmake ninja pkg-config nm; do
    command -v "$tool" > /dev/null || { echo "skipped: $tool is not installed"; exit 125; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

cmake --install "$build" --prefix "$prefix" > "$work/install.log"

echo "Only Trilby's own symbols are exported"
nm -D --defined-only -C "$prefix/$libdir/libtrilby.so" | awk '{ $1 = $2 = ""; print $0 }' \
    > "$work/symbols"
grep -q 'trilby::probe(' "$work/symbols"
grep -q 'trilby::select_backend(' "$work/symbols"
if grep -v '^ *trilby::' "$work/symbols"; then
    echo "failed: the symbols above do not belong to the interface"
    exit 1
fi
if grep -E 'trilby::(platform|sources|selection|json)::' "$work/symbols"; then
    echo "failed: the symbols above are internal"
    exit 1
fi

echo "A CMake project finds and uses it"
mkdir "$work/consumer"
cp "$source/docs/examples/probe.cpp" "$work/consumer/"
cat > "$work/consumer/CMakeLists.txt" << 'END'
cmake_minimum_required(VERSION 3.25)
project(consumer LANGUAGES CXX)
find_package(Trilby 0.1 REQUIRED)
add_executable(consumer probe.cpp)
target_link_libraries(consumer PRIVATE trilby::trilby)
END
# Named, not searched for: Debian's CMake does not look below lib64, which Fedora's packages use.
cmake -G Ninja -S "$work/consumer" -B "$work/consumer/build" -DCMAKE_CXX_COMPILER="$compiler" \
    -DTrilby_DIR="$prefix/$libdir/cmake/Trilby" > "$work/configure.log"
cmake --build "$work/consumer/build" > "$work/build.log"
"$work/consumer/build/consumer" | grep '^backend: '

if [ -e "$prefix/$libdir/libtrilby-train.so" ]; then
    echo "CMake can configure the programs that train"  # eject_test.sh builds such projects
    cmake -G Ninja -S "$source/docs/examples/train" -B "$work/train" -DCMAKE_CXX_COMPILER="$compiler" \
        -DTrilby_DIR="$prefix/$libdir/cmake/Trilby" > "$work/configure_train.log" 2>&1 ||
        { cat "$work/configure_train.log"; exit 1; }

    echo "pkg-config gives the flags for one of them, which trains"
    # shellcheck disable=SC2046
    PKG_CONFIG_PATH="$prefix/$libdir/pkgconfig" "$compiler" -std=c++23 "$source/docs/examples/train/series.cpp" \
        $(PKG_CONFIG_PATH="$prefix/$libdir/pkgconfig" pkg-config --cflags --libs trilby-train) -o "$work/series"
    awk 'BEGIN { print "time,load"; for (i = 0; i < 600; ++i)
        printf "2024-01-%02d %02d:00:00,%.4f\n", 1 + int(i / 24), i % 24, sin(i / 4) }' > "$work/load.csv"
    export LD_LIBRARY_PATH="$prefix/$libdir"
    "$work/series" "$work/load.csv" --epochs 2 --output "$work/run" | grep 'test MSE'
    if nm -D --defined-only -C "$prefix/$libdir/libtrilby-train.so" |
        grep -E ' (trilby::)?(platform|train|backends|data|json)::'; then
        echo "failed: the symbols above are internal"
        exit 1
    fi
fi

echo "pkg-config gives the flags that a compiler needs"
export PKG_CONFIG_PATH="$prefix/$libdir/pkgconfig"
# Unquoted: the flags are words.
# shellcheck disable=SC2046
"$compiler" -std=c++23 "$work/consumer/probe.cpp" $(pkg-config --cflags --libs trilby) \
    -o "$work/by_pkg_config"
LD_LIBRARY_PATH="$prefix/$libdir" "$work/by_pkg_config" | grep '^backend: '
