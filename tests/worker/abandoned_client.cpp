// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

// A client that is killed during a job: prints the worker's process and what that forked.

#include <chrono>
#include <cstdio>
#include <fmt/format.h>

#include "worker/client.hpp"

int main(int argc, char** argv) {
    if (argc != 4) {
        return 64;
    }
    auto worker = trilby::worker::Worker::start({.program = argv[1]});
    if (!worker || !worker->load(argv[2])) {
        return 1;
    }
    const auto answer =
        worker->run(argv[3], {},
                    {.silence_limit = std::chrono::hours(1),
                     .on_event = [&](const trilby::json::object& event) {
                         fmt::print("{} {}\n", worker->pid(), event.at("child").as_int64());
                         std::fflush(stdout);
                         return trilby::Result<void>();
                     }});
    return answer ? 0 : 1;
}
