// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// A program to be copied elsewhere: prints its layout, and a variable if it may see it.

#include <cstdio>
#include <fmt/format.h>
#include <sys/auxv.h>

#include "platform/environment.hpp"

int main() {
    const auto layout = trilby::platform::install_layout();
    fmt::print("{}\n{}\n{}\n{}\n{}\n", layout.library_folder.string(),
               layout.libexec_folder.string(), layout.data_folder.string(),
               trilby::platform::environment_variable("TRILBY_TEST_VARIABLE").value_or("unseen"),
               ::getauxval(AT_SECURE) != 0 ? "secure" : "plain");
}
