// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include <csignal>

#include "cli/trilby.hpp"

int main(int argc, char** argv) {
    // If the parent ignores SIGCHLD, the exit status of a child is lost.
    std::signal(SIGCHLD, SIG_DFL);
    return trilby::cli::run(argc, argv);
}
