// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trilby.hpp"

int main(int argc, char** argv) {
    return trilby::cli::run(argc, argv);
}
