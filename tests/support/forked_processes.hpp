// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace trilby::testing {

/// Runs `work` with the numbers from 0 to `count` - 1, each in a process of its own, at the same
/// time. Returns the exit codes, which are what `work` returns; -1 for a process that a signal
/// ended.
inline std::vector<int> exit_codes_of(std::int64_t count,
                                      const std::function<int(std::int64_t)>& work) {
    std::vector<pid_t> children;
    for (std::int64_t number = 0; number < count; ++number) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::_exit(work(number));
        }
        children.push_back(child);
    }
    std::vector<int> codes;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        codes.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return codes;
}

}  // namespace trilby::testing
