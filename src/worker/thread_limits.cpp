// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#include "worker/thread_limits.hpp"

#include <fmt/format.h>

namespace trilby::worker {

// Idle threads sleep instead of spinning; otherwise those of OpenMP and OpenBLAS take the CPU from
// each other (docs/performance.md has the figures).
std::vector<std::pair<std::string, std::string>> thread_variables(std::int64_t threads) {
    const std::string count = fmt::format("{}", threads);
    return {{"OMP_NUM_THREADS", count},
            {"OMP_WAIT_POLICY", "passive"},
            {"OPENBLAS_NUM_THREADS", count},
            {"OPENBLAS_THREAD_TIMEOUT", "4"},
            {"MKL_NUM_THREADS", count}};
}

}  // namespace trilby::worker
