// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace trilby::worker {

/// Environment variables that limit the CPU threads of the libraries below LibTorch. They make
/// their threads while they are loaded, so only the environment reaches them in time.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> thread_variables(
    std::int64_t threads);

}  // namespace trilby::worker
