// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <csignal>

#include "cli/trilby.hpp"

int main(int argc, char** argv) {
    // Where a parent ignores SIGCHLD, nobody can learn how a child has ended.
    std::signal(SIGCHLD, SIG_DFL);
    return trilby::cli::run(argc, argv);
}
