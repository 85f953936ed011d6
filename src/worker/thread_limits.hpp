// Copyright The Trilby Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace trilby::worker {

/// Environment variables that limit the CPU threads of the libraries below LibTorch. These create
/// their threads while they are loaded, before any call could limit them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> thread_variables(
    std::int64_t threads);

}  // namespace trilby::worker
