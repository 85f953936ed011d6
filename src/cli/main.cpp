// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "cli/trilby.hpp"
#include "platform/process.hpp"

int main(int argc, char** argv) {
    trilby::platform::prepare_process();
    return trilby::cli::run(argc, argv);
}
