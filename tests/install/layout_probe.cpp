// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// Prints the layout of the installation that it was copied into.

#include <fmt/format.h>

#include "install/folders.hpp"

int main() {
    const auto layout = trilby::install::layout();
    fmt::print("{}\n{}\n{}\n", layout.library_folder.string(), layout.libexec_folder.string(),
               layout.data_folder.string());
}
